package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Which pod each session was at last, until the session was idle for some time. Never more than a certain number of
 * them; looking one up makes no object. Confined to one thread.
 */
final class Sessions {

    // Each call forgets so many at most, so that no request pays for all those of a busy hour.
    private static final int MOST_FORGOTTEN = 16;

    /** A session, and the key by which it is found. */
    private static final class Session {
        private long key;
        private int slot;
        private int generation;
        private long usedNanos;

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Session session && session.key == key;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(key);
        }
    }

    private final long ttlNanos;
    private final int most;
    // Those that were used last stand last.
    private final SequencedMap<Session, Session> sessions = new LinkedHashMap<>();
    private final Session wanted = new Session();
    // By slot; those of another generation are of a pod that has left.
    private int[] counts = {};
    private int[] generations = {};

    /**
     * Nothing yet.
     *
     * @param ttlNanos how long a session may be idle
     * @param most how many sessions there may be
     */
    Sessions(long ttlNanos, int most) {
        this.ttlNanos = ttlNanos;
        this.most = most;
    }

    /** How many sessions there are. */
    int size() {
        return sessions.size();
    }

    /** How many sessions are at a pod. */
    int at(PodView pod) {
        int slot = pod.slot();
        return slot < counts.length && generations[slot] == pod.generation() ? counts[slot] : 0;
    }

    /** Index of the candidate that a session is at; -1 where it is at none, is unknown, or was idle for too long. */
    int indexIn(Candidates candidates, long key, long nowNanos) {
        forget(nowNanos);
        Session session = of(key);
        if (session == null || nowNanos - session.usedNanos >= ttlNanos) {
            return -1;
        }
        for (int i = 0; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            if (pod.slot() == session.slot && pod.generation() == session.generation) {
                return i;
            }
        }
        return -1;
    }

    /** A session was sent to a pod, and stays there. */
    void used(long key, PodView pod, long nowNanos) {
        forget(nowNanos);
        Session session = of(key);
        if (session == null) {
            session = new Session();
            session.key = key;
        } else {
            leave(session);
        }
        session.slot = pod.slot();
        session.generation = pod.generation();
        session.usedNanos = nowNanos;
        sessions.putLast(session, session);
        arrive(pod);
        if (sessions.size() > most) {
            removeFirst();
        }
    }

    private @Nullable Session of(long key) {
        wanted.key = key;
        return sessions.get(wanted);
    }

    private void forget(long nowNanos) {
        for (int i = 0; i < MOST_FORGOTTEN && !sessions.isEmpty(); i++) {
            if (nowNanos - sessions.values().iterator().next().usedNanos < ttlNanos) {
                return;
            }
            removeFirst();
        }
    }

    private void removeFirst() {
        Iterator<Session> eldest = sessions.values().iterator();
        leave(eldest.next());
        eldest.remove();
    }

    private void arrive(PodView pod) {
        int slot = pod.slot();
        if (slot >= counts.length) {
            int room = Math.max(slot + 1, 2 * counts.length);
            counts = Arrays.copyOf(counts, room);
            generations = Arrays.copyOf(generations, room);
        }
        if (generations[slot] != pod.generation()) {
            generations[slot] = pod.generation();
            counts[slot] = 0;
        }
        counts[slot]++;
    }

    private void leave(Session session) {
        if (generations[session.slot] == session.generation) {
            counts[session.slot]--;
        }
    }
}
