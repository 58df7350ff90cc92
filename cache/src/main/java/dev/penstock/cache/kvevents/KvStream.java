package dev.penstock.cache.kvevents;

import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one publisher tells, in its order: messages are numbered from 0 since the engine began, and what is missed is
 * asked for again. Knows nothing of sockets and of time. Confined to {@code lb-kv}.
 *
 * <p>Listeners hear {@link KvEvent.Cleared} where all is known from there on (the engine has begun anew, or everything
 * since its beginning follows), and {@link KvEvent.Resync} where something before is not known.
 */
final class KvStream {

    /** Says that no replay is wanted. */
    static final long NONE = -1;

    static final int MOST_WAITING = 10_000;
    static final long MOST_WAITING_BYTES = 16 << 20;
    // An engine that was not there yet is asked once more when it first tells something.
    private static final int BEGINNINGS = 2;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Message(long number, byte[] payload) {}

    /** What a stream needs of its surroundings. By {@code lb-kv}. */
    interface Surroundings {

        /** The endpoints that the publisher is of, in the order of ranks. */
        List<PodView> endpoints();

        /** Takes an event; false where it was dropped. */
        boolean take(KvEvent event);

        /** A message could not be read. */
        void malformed(String reason);
    }

    private final Surroundings surroundings;
    private final EventDecoder decoder;
    private final KvEventMetrics metrics;
    private final ArrayDeque<Message> waiting = new ArrayDeque<>();
    private long waitingBytes;
    // Number of the last message that was taken in.
    private long last = NONE;
    private boolean known;
    private int beginnings;
    private boolean dropped;

    private long replayFrom = NONE;
    private int replays;
    private boolean whole;
    private boolean again;
    private boolean first;
    private boolean progress;
    private boolean holes;

    KvStream(Surroundings surroundings, EventDecoder decoder, KvEventMetrics metrics) {
        this.surroundings = surroundings;
        this.decoder = decoder;
        this.metrics = metrics;
        replayAll(false);
    }

    /** Number of the first message that is to be told again, or {@link #NONE}. */
    long replayFrom() {
        return replayFrom;
    }

    /** Another number for each replay that is wanted. */
    int replays() {
        return replays;
    }

    /** Number of the last message that was taken in; {@link #NONE} before the first. */
    long last() {
        return last;
    }

    /** Whether something was dropped, so that it may be told from the beginning once there is room. */
    boolean dropped() {
        return dropped;
    }

    /** Listeners know nothing any more: tells them all again. */
    void tellAgain() {
        dropped = false;
        if (replayFrom == NONE) {
            replayAll(true);
        } else {
            again = true;
        }
    }

    /** The connection is back: the engine may be another one, which has told more than the one before ever did. */
    void reconnected() {
        if (known) {
            replayAll(again);
        }
    }

    private void replayAll(boolean forListeners) {
        again = forListeners;
        whole = true;
        beginnings++;
        replay(0);
    }

    private void replayGap() {
        again = false;
        whole = false;
        replay(last + 1);
    }

    private void replay(long from) {
        replayFrom = from;
        replays++;
        first = true;
        progress = false;
        holes = false;
    }

    // ---- what is published

    /** A message as it was published. */
    void live(long number, byte[] payload) {
        if (replayFrom != NONE) {
            keep(number, payload);
        } else if (number == last + 1 && (known || number == 0)) {
            if (!known) {
                begin();
            }
            apply(number, payload);
        } else if (known && number > last) {
            metrics.lost().add(number - last - 1);
            replayGap();
            keep(number, payload);
        } else if (known) {
            // Numbers begin anew: the engine has, too.
            startAnew(number, payload);
        } else if (number > 0 && beginnings < BEGINNINGS) {
            replayAll(false);
            keep(number, payload);
        } else {
            if (number == 0) {
                begin();
            } else {
                lose();
            }
            apply(number, payload);
        }
    }

    private void startAnew(long number, byte[] payload) {
        begin();
        last = NONE;
        if (number == 0) {
            apply(0, payload);
        } else {
            replayAll(false);
            keep(number, payload);
        }
    }

    private void keep(long number, byte[] payload) {
        Message before = waiting.peekLast();
        if (before != null && number <= before.number()) {
            waiting.clear();
            waitingBytes = 0;
            last = NONE;
            replayAll(again);
        }
        waiting.add(new Message(number, payload));
        waitingBytes += payload.length;
        if (waiting.size() > MOST_WAITING || waitingBytes > MOST_WAITING_BYTES) {
            // It waits for too much: what is missing is given up, and so is what has waited.
            metrics.failed().increment();
            metrics.lost().add(waiting.size() - 1L);
            waiting.clear();
            waitingBytes = 0;
            replayFrom = NONE;
            lose();
            apply(number, payload);
        }
    }

    // ---- what is told again

    /** A message that is told again. */
    void replayed(long number, byte[] payload) {
        if (replayFrom == NONE) {
            return;
        }
        if (first) {
            first = false;
            if (whole && number == 0) {
                begin();
                last = NONE;
            } else if (number > last + 1 || again || !known) {
                metrics.partial().increment();
                lose();
                last = number - 1;
            }
            again = false;
        }
        if (number == last + 1) {
            apply(number, payload);
            progress = true;
        } else if (number > last) {
            holes = true;
        }
    }

    /** All that there is was told again. */
    void replayEnded() {
        if (replayFrom == NONE) {
            return;
        }
        if (holes && progress) {
            // Whoever tells too much at once loses some of it on the way.
            replayGap();
            return;
        }
        metrics.filled().increment();
        if (first && whole) {
            // Nothing was ever told by this engine.
            begin();
            last = NONE;
        } else if (first) {
            lose();
            last = nextWaiting(last + 1) - 1;
        }
        resume();
    }

    /** It was not told again, or not to its end. */
    void replayFailed() {
        if (replayFrom == NONE) {
            return;
        }
        metrics.failed().increment();
        long next = nextWaiting(last + 1);
        if (!known || next != last + 1) {
            if (waiting.isEmpty()) {
                replayFrom = NONE;
                return;
            }
            if (next == 0) {
                begin();
            } else {
                lose();
            }
            last = next - 1;
        }
        resume();
    }

    private long nextWaiting(long otherwise) {
        Message next = waiting.peekFirst();
        return next == null ? otherwise : next.number();
    }

    private void resume() {
        replayFrom = NONE;
        List<Message> messages = new ArrayList<>(waiting);
        waiting.clear();
        waitingBytes = 0;
        for (Message message : messages) {
            if (message.number() > last || replayFrom != NONE) {
                live(message.number(), message.payload());
            }
        }
        if (again && replayFrom == NONE) {
            replayAll(true);
        }
    }

    // ---- what listeners hear

    /** A message that is none. */
    void malformed(String reason) {
        metrics.malformed().increment();
        surroundings.malformed(reason);
        lose();
    }

    private void apply(long number, byte[] payload) {
        last = number;
        try {
            for (KvEvent event : decoder.decode(payload, this::ofRank)) {
                take(event);
            }
        } catch (MalformedEventException e) {
            malformed(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable PodView ofRank(int rank) {
        List<PodView> endpoints = surroundings.endpoints();
        if (endpoints.size() == 1 || (rank == EventDecoder.NO_RANK && !endpoints.isEmpty())) {
            return endpoints.getFirst();
        }
        return rank >= 0 && rank < endpoints.size() ? endpoints.get(rank) : null;
    }

    private void begin() {
        known = true;
        surroundings.endpoints().forEach(endpoint -> take(new KvEvent.Cleared(endpoint)));
    }

    private void lose() {
        known = true;
        surroundings.endpoints().forEach(endpoint -> take(new KvEvent.Resync(endpoint)));
    }

    private void take(KvEvent event) {
        dropped |= !surroundings.take(event);
    }
}
