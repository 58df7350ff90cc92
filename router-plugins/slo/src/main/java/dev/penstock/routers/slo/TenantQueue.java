package dev.penstock.routers.slo;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests of one user in one class, and how much of its turn is left. Confined to the thread that holds the shard.
 */
final class TenantQueue {

    private final String name;
    private final Map<Integer, SubQueue> bySignature = new LinkedHashMap<>();
    private long deficit;

    /**
     * A queue of nobody's requests yet.
     *
     * @param name of the user; empty for requests of nobody
     * @param deficit tokens that it may send before it is somebody else's turn
     */
    TenantQueue(String name, long deficit) {
        this.name = name;
        this.deficit = deficit;
    }

    String name() {
        return name;
    }

    void add(WaitingRequest request) {
        bySignature.computeIfAbsent(request.signature(), any -> new SubQueue()).add(request);
    }

    void remove(WaitingRequest request) {
        SubQueue queue = bySignature.get(request.signature());
        if (queue != null) {
            queue.remove(request);
            if (queue.isEmpty()) {
                bySignature.remove(request.signature());
            }
        }
    }

    boolean isEmpty() {
        return bySignature.isEmpty();
    }

    /** Those that have requests. */
    Collection<SubQueue> subQueues() {
        return bySignature.values();
    }

    /** Tokens that it may send before it is somebody else's turn; not positive where it has had its turn. */
    long deficit() {
        return deficit;
    }

    void charge(long tokens) {
        deficit -= tokens;
    }

    /** Its next turns have come. */
    void replenish(long tokens) {
        deficit += tokens;
    }
}
