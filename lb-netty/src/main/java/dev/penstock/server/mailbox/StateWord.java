package dev.penstock.server.mailbox;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who serves a shard, in one word: the phase, the number of the epoch, and the number of the call of a router. Any
 * thread.
 *
 * <pre>
 *              hold (CAS)                enter (store)
 *   IDLE(e,c) ────────────► HELD(e,c) ─────────────────► IN_ROUTER(e,c+1)
 *       ▲                     │   ▲                        │    │
 *       └──────release────────┘   └──────leave (CAS)───────┘    │ takeAway (CAS), by the watchdog
 *                                                               ▼
 *                                                          HELD(e+1,c+1)
 * </pre>
 *
 * <p>Whoever made the word HELD alone may change it, until it makes it IDLE or IN_ROUTER. From IN_ROUTER it comes back
 * by one CAS only, of the thread that went there or of the watchdog: so there are never two holders.
 */
public final class StateWord {

    /** What {@link #hold} and {@link #takeAway} answer where they did not succeed; no held word is like this. */
    public static final long NONE = 0;

    private static final int IDLE = 0;
    private static final int HELD = 1;
    private static final int IN_ROUTER = 2;

    private static final long PHASE = 0b11;
    private static final long ONE_CALL = 0b100;
    private static final int EPOCH_SHIFT = 44;
    private static final long CALLS = (1L << EPOCH_SHIFT) - ONE_CALL;

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    // In the middle of two cache lines of its own: loops write it for each request, and read what lies beside it.
    private static final int AT = 16;
    private final long[] words = new long[2 * AT];

    /** The word as it is now. */
    public long read() {
        return (long) WORDS.getVolatile(words, AT);
    }

    /** Whether nobody holds the shard. */
    public boolean idle() {
        return phase(read()) == IDLE;
    }

    /** Takes the shard if nobody holds it: the held word, or {@link #NONE}. */
    public long hold() {
        long word = read();
        while (phase(word) == IDLE) {
            if (WORDS.compareAndSet(words, AT, word, word | HELD)) {
                return word | HELD;
            }
            word = read();
        }
        return NONE;
    }

    /**
     * Gives the shard up. What others have put into the mailbox before they found the shard held is seen by a look into
     * it afterwards.
     *
     * @param held the word of the holder
     */
    public void release(long held) {
        WORDS.setRelease(words, AT, held & ~PHASE);
        // The other half of this is after a publication: either the publisher sees IDLE, or we see what it published.
        // Without it TwoLoopsStress (bench-jcstress) finds stranded attempts.
        VarHandle.fullFence();
    }

    /** Begins a call of a router; its word. */
    public long enter(long held) {
        long calling = (held & ~(CALLS | PHASE)) | ((held + ONE_CALL) & CALLS) | IN_ROUTER;
        WORDS.setRelease(words, AT, calling);
        return calling;
    }

    /** Comes back from a router; false where the shard was taken away meanwhile. */
    public boolean leave(long calling) {
        return WORDS.compareAndSet(words, AT, calling, held(calling));
    }

    /** Goes back into the call that has been left. The word is the same, so the time of the call goes on. */
    public void resume(long calling) {
        WORDS.setRelease(words, AT, calling);
    }

    /** Takes the shard away from a call: the held word of the next epoch, or {@link #NONE} where it has come back. */
    public long takeAway(long calling) {
        long next = nextEpoch(held(calling));
        return WORDS.compareAndSet(words, AT, calling, next) ? next : NONE;
    }

    /** Begins the next epoch; by the holder. */
    long advance(long held) {
        long next = nextEpoch(held);
        WORDS.setRelease(words, AT, next);
        return next;
    }

    /** The word of the holder that a call came from. */
    static long held(long calling) {
        return (calling & ~PHASE) | HELD;
    }

    static boolean inRouter(long word) {
        return phase(word) == IN_ROUTER;
    }

    /** Number of the epoch, from 0. */
    public static int epoch(long word) {
        return (int) (word >>> EPOCH_SHIFT);
    }

    private static long nextEpoch(long held) {
        return held + (1L << EPOCH_SHIFT);
    }

    private static int phase(long word) {
        return (int) (word & PHASE);
    }
}
