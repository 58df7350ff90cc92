package dev.penstock.core.port;

import dev.penstock.spi.PodView;

/**
 * Which endpoints get no requests for a while because they failed. Any thread; no call waits, and for an endpoint
 * without a history none costs more than a read.
 *
 * <p>An endpoint that is out comes back by way of a probe: one request at a time, until one is answered.
 */
public interface Health {

    /** Nobody watches: every endpoint is open, always. */
    Health UNWATCHED = new Health() {
        @Override
        public boolean quiet() {
            return true;
        }

        @Override
        public long version() {
            return 0;
        }

        @Override
        public boolean open(PodView endpoint) {
            return true;
        }

        @Override
        public int takeProbe(PodView endpoint) {
            return NO_PROBE;
        }

        @Override
        public void returnProbe(PodView endpoint, int probe) {}

        @Override
        public void failed(PodView endpoint, Failure how) {}

        @Override
        public void answered(PodView endpoint, int status, long retryAfterSeconds) {}

        @Override
        public void completed(PodView endpoint) {}

        @Override
        public void checked(PodView endpoint, boolean well) {}

        @Override
        public Standing standing(PodView endpoint) {
            return Standing.WELL;
        }
    };

    /** What {@link #takeProbe} gives where the request is no probe. */
    int NO_PROBE = 0;

    /** What becomes of requests for an endpoint. */
    enum State {
        /** It gets them. */
        READY,
        /** It failed too often: it gets none for some time. */
        EJECTED,
        /** It said that it has too much to do: it gets none for a moment. */
        COOLING_DOWN,
        /** Its time is over: it gets one at a time until one is answered. */
        PROBING
    }

    /** How an endpoint failed; a status is told by {@link #answered}. */
    enum Failure {
        /** No connection: refused, timed out, no such host, no agreement on TLS. */
        CONNECT,
        /** A new connection was closed before the first byte of the answer. */
        UNANSWERED,
        /** An answer broke off. */
        BROKEN,
        /** An answer was not HTTP. */
        MALFORMED,
        /** No first byte in time. */
        FIRST_BYTE,
        /** An answer stood still for too long. */
        STALLED,
        /** The active check failed too often. */
        CHECK
    }

    /**
     * Where an endpoint stands, for a person.
     *
     * @param state what becomes of requests
     * @param reason why it is, or was last, out; empty where it never was
     * @param ageNanos since when; 0 where it never was out
     * @param remainingNanos how long it gets no requests still; 0 where that is over
     * @param ejections how often it was ejected, as far as that is not forgotten
     */
    record Standing(State state, String reason, long ageNanos, long remainingNanos, int ejections) {
        /** Nothing was ever wrong. */
        public static final Standing WELL = new Standing(State.READY, "", 0, 0, 0);
    }

    // ---- choosing

    /** Whether every endpoint is {@linkplain State#READY ready}. */
    boolean quiet();

    /** Changes with each answer of {@link #open}; read before it. */
    long version();

    /** Whether an endpoint may be chosen: it is ready, or waits for a probe. */
    boolean open(PodView endpoint);

    /**
     * An endpoint was chosen. By the one who chooses for it.
     *
     * @return the number of its probe, to be given to {@link #returnProbe}; {@link #NO_PROBE} where it needs none
     */
    int takeProbe(PodView endpoint);

    /**
     * A request that was a probe has ended, however that came about. Where nothing was told of it, the next request
     * is the next probe.
     */
    void returnProbe(PodView endpoint, int probe);

    // ---- what requests find

    /** A request failed at an endpoint. Never for what the client or the operator's time for the whole request did. */
    void failed(PodView endpoint, Failure how);

    /**
     * The head of an answer is there.
     *
     * @param status 101, or 200 to 599
     * @param retryAfterSeconds what a 429 or 503 asked for; -1 where it asked for nothing
     */
    void answered(PodView endpoint, int status, long retryAfterSeconds);

    /** An answer with a status below 500, and not 429, is complete. */
    void completed(PodView endpoint);

    /**
     * An active check has been well, or failed, as often in a row as it takes to be believed.
     *
     * @param well whether it was well
     */
    void checked(PodView endpoint, boolean well);

    // ---- for the operator

    /** Where an endpoint stands. */
    Standing standing(PodView endpoint);
}
