package dev.penstock.bench.sim;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * What prefill engines of a fleet hold for its decode engines: each transfer by a key, with what has to come back; and
 * the rooms in which those meet that do not wait for each other. Any thread.
 */
final class Transfers {
    private static final int MOST = 10_000;
    private static final long ROOM_SECONDS = 5;

    private final boolean known;
    private final Map<String, String> held = new ConcurrentHashMap<>();
    private final Queue<String> keys = new ConcurrentLinkedQueue<>();
    private final Map<String, CompletableFuture<Void>> rooms = new ConcurrentHashMap<>();

    /**
     * Transfers of a fleet.
     *
     * @param known whether its prefill engines are in this fleet; else what they hold cannot be known, and is believed
     */
    Transfers(boolean known) {
        this.known = known;
    }

    /** Holds a prompt for whoever brings the key. */
    void hold(String key, String content) {
        held.put(key, content);
        keys.add(key);
        if (held.size() > MOST) {
            String oldest = keys.poll();
            if (oldest != null) {
                held.remove(oldest);
            }
        }
    }

    /**
     * Takes what is held.
     *
     * @param content what came back, which has to be what was told
     * @throws ApiException with 500 where nothing is held, or something else
     */
    void take(String key, String content) {
        String told = held.remove(key);
        if (!known) {
            return;
        }
        if (told == null) {
            throw failure("no prefill engine holds the transfer " + key);
        }
        if (!told.equals(content)) {
            throw failure("transfer " + key + ": came back as " + content + " (expected: " + told + ")");
        }
    }

    /** A prompt has been computed for a room. */
    void computed(String room) {
        room(room).complete(null);
    }

    /** Completes when the prompt of a room has been computed; fails if that takes too long. */
    CompletableFuture<Void> entered(String room) {
        if (!known) {
            return CompletableFuture.completedFuture(null);
        }
        return room(room).copy().orTimeout(ROOM_SECONDS, TimeUnit.SECONDS).whenComplete((done, late) ->
                rooms.remove(room));
    }

    private CompletableFuture<Void> room(String room) {
        if (rooms.size() > MOST) {
            rooms.clear();
        }
        return rooms.computeIfAbsent(room, any -> new CompletableFuture<>());
    }

    static ApiException failure(String message) {
        return new ApiException(500, "InternalServerError", message, null);
    }
}
