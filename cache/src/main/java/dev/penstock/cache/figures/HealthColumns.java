package dev.penstock.cache.figures;

import dev.penstock.core.port.Health;
import dev.penstock.spi.PodView;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What requests told of each endpoint, and what was decided about it. Any thread tells and reads; {@link #show} and
 * what is named in its section are for {@code lb-cache}.
 *
 * <p>Each word that others than {@code lb-cache} write holds the generation of the slot in its upper half and is
 * written by compare-and-set: what comes late never meets the next endpoint of a slot. The lower half of the word that
 * requests write:
 *
 * <pre>
 *   bit 31       watched: the endpoint is not ready, so answers are of interest
 *   bit 30       answered, since watched
 *   bit 29       a probe is under way
 *   bits 21-28   number of the last probe, never 0 while one is under way
 *   bits 11-20   how it failed last: a {@link Health.Failure}, or a status from 100 on
 *   bits 0-10    failures in a row
 * </pre>
 */
public final class HealthColumns {

    /** The largest number of failures that can be told apart. */
    public static final int MOST_FAILURES = (1 << 11) - 1;

    private static final long WATCHED = 1L << 31;
    private static final long ANSWERED = 1L << 30;
    private static final long PROBED = 1L << 29;
    private static final int PROBE_SHIFT = 21;
    private static final int MOST_PROBES = 0xff;
    private static final long PROBE = (long) MOST_PROBES << PROBE_SHIFT;
    private static final int CAUSE_SHIFT = 11;
    private static final long CAUSE = 0x3ffL << CAUSE_SHIFT;
    private static final long FAILURES = MOST_FAILURES;

    /** Behind the state in its word: ejections, then cause, then failures. */
    private static final int EJECTIONS_SHIFT = 4;
    private static final int MOST_EJECTIONS = 0x3f;
    private static final int SHOWN_CAUSE_SHIFT = 10;
    private static final int SHOWN_FAILURES_SHIFT = 20;
    private static final Health.State[] STATES = Health.State.values();

    private final UnsafeBuffer[] chunks;

    HealthColumns(UnsafeBuffer[] chunks) {
        this.chunks = chunks;
    }

    // ---- requests

    /** Whether nothing is known against an endpoint, so that a good answer is no news. */
    public boolean untroubled(PodView endpoint) {
        return (told(endpoint.slot()) & (FAILURES | WATCHED)) == 0;
    }

    /**
     * Counts a failure.
     *
     * @param cause number of the {@link Health.Failure}, or a status
     * @param count how many it counts for
     * @return failures in a row, with this one; {@link #MOST_FAILURES} where the endpoint is watched; 0 where it has
     *         left
     */
    public int fail(PodView endpoint, int cause, int count) {
        while (true) {
            long before = told(endpoint.slot());
            if (generation(before) != endpoint.generation()) {
                return 0;
            }
            int failures = (int) Math.min((before & FAILURES) + count, MOST_FAILURES);
            long after = (before & ~(FAILURES | CAUSE | ANSWERED)) | failures | ((long) cause << CAUSE_SHIFT);
            if (tell(endpoint.slot(), before, after)) {
                return (before & WATCHED) == 0 ? failures : MOST_FAILURES;
            }
        }
    }

    /**
     * An endpoint answers well. Of interest only where it is watched.
     *
     * @return whether it is watched and had not answered since
     */
    public boolean answer(PodView endpoint) {
        while (true) {
            long before = told(endpoint.slot());
            if (generation(before) != endpoint.generation() || (before & WATCHED) == 0 || (before & ANSWERED) != 0) {
                return false;
            }
            if (tell(endpoint.slot(), before, before | ANSWERED)) {
                return true;
            }
        }
    }

    /** An endpoint has answered well to the end: its failures are forgotten. */
    public void complete(PodView endpoint) {
        while (true) {
            long before = told(endpoint.slot());
            if (generation(before) != endpoint.generation() || (before & FAILURES) == 0
                    || tell(endpoint.slot(), before, before & ~(FAILURES | CAUSE))) {
                return;
            }
        }
    }

    /**
     * An endpoint has too much to do.
     *
     * @param status 429 or 503
     * @param seconds for how long, if it said so; else -1
     */
    public void overload(PodView endpoint, int status, long seconds) {
        int slot = endpoint.slot();
        UnsafeBuffer chunk = chunk(slot);
        int at = ColumnLayout.healthOverload(slot);
        long after = word(endpoint.generation(),
                ((Math.clamp(seconds, -1, (1 << 20) - 1) + 1) << 10) | status);
        long before;
        do {
            before = chunk.getLongVolatile(at);
        } while (generation(before) == endpoint.generation() && !chunk.compareAndSetLong(at, before, after));
    }

    /** Begins a probe; its number, or {@link Health#NO_PROBE} where one is under way or none is wanted. */
    public int takeProbe(PodView endpoint) {
        while (true) {
            long before = told(endpoint.slot());
            if (generation(before) != endpoint.generation() || (before & WATCHED) == 0 || (before & PROBED) != 0) {
                return Health.NO_PROBE;
            }
            int number = probe(before) % MOST_PROBES + 1;
            long after = (before & ~PROBE) | PROBED | ((long) number << PROBE_SHIFT);
            if (tell(endpoint.slot(), before, after)) {
                return number;
            }
        }
    }

    /** Ends a probe, if it is still the one under way; whether it was. */
    public boolean returnProbe(PodView endpoint, int number) {
        while (true) {
            long before = told(endpoint.slot());
            if (generation(before) != endpoint.generation() || (before & PROBED) == 0 || probe(before) != number) {
                return false;
            }
            if (tell(endpoint.slot(), before, before & ~PROBED)) {
                return true;
            }
        }
    }

    // ---- reading

    /** Whether a probe of an endpoint is under way. */
    public boolean probed(PodView endpoint) {
        return (told(endpoint.slot()) & PROBED) != 0;
    }

    /** What becomes of requests for an endpoint. */
    public Health.State state(PodView endpoint) {
        long shown = shown(endpoint.slot());
        return generation(shown) == endpoint.generation() ? state(shown) : Health.State.READY;
    }

    /** How an endpoint failed when it was last decided about it. */
    public int cause(PodView endpoint) {
        return (int) (shown(endpoint.slot()) >> SHOWN_CAUSE_SHIFT) & 0x3ff;
    }

    /** How many failures in a row decided about an endpoint. */
    public int failures(PodView endpoint) {
        return (int) (shown(endpoint.slot()) >> SHOWN_FAILURES_SHIFT) & MOST_FAILURES;
    }

    /** How often an endpoint was ejected without its being forgotten. */
    public int ejections(PodView endpoint) {
        return (int) (shown(endpoint.slot()) >> EJECTIONS_SHIFT) & MOST_EJECTIONS;
    }

    /** Since when an endpoint is in its state, by the clock of the cache; 0 where it never left the first one. */
    public long since(PodView endpoint) {
        int slot = endpoint.slot();
        return chunk(slot).getLongVolatile(ColumnLayout.healthSince(slot));
    }

    /** Until when an endpoint gets no requests, by the clock of the cache. */
    public long until(PodView endpoint) {
        int slot = endpoint.slot();
        return chunk(slot).getLongVolatile(ColumnLayout.healthUntil(slot));
    }

    static Health.State state(long shown) {
        return STATES[(int) shown & 0x3];
    }

    // ---- lb-cache

    void prepare(int slot, int generation) {
        UnsafeBuffer chunk = chunk(slot);
        chunk.putLongVolatile(ColumnLayout.healthSince(slot), 0);
        chunk.putLongVolatile(ColumnLayout.healthUntil(slot), 0);
        chunk.putLongVolatile(ColumnLayout.healthState(slot), word(generation, 0));
        chunk.putLongVolatile(ColumnLayout.healthOverload(slot), word(generation, 0));
        chunk.putLongVolatile(ColumnLayout.healthTold(slot), word(generation, 0));
    }

    /** What requests have told of an endpoint, to be taken apart by the functions below. */
    public long told(PodView endpoint) {
        return told(endpoint.slot());
    }

    /** Failures in a row. */
    public static int failures(long told) {
        return (int) (told & FAILURES);
    }

    /** How the last of them came about: number of the {@link Health.Failure}, or a status. */
    public static int cause(long told) {
        return (int) ((told & CAUSE) >> CAUSE_SHIFT);
    }

    /** Whether it has answered since it is watched. */
    public static boolean answered(long told) {
        return (told & ANSWERED) != 0;
    }

    /** Takes what an endpoint said of overload: status, and 1024 times one more than the seconds; 0 for nothing. */
    public int takeOverload(PodView endpoint) {
        int slot = endpoint.slot();
        UnsafeBuffer chunk = chunk(slot);
        int at = ColumnLayout.healthOverload(slot);
        long before = chunk.getLongVolatile(at);
        if ((int) before == 0 || generation(before) != endpoint.generation()) {
            return 0;
        }
        // One that comes in between says the same again.
        chunk.compareAndSetLong(at, before, word(endpoint.generation(), 0));
        return (int) before;
    }

    /** Whether an endpoint has said of overload what was not taken yet. */
    public boolean overloaded(PodView endpoint) {
        int slot = endpoint.slot();
        return (int) chunk(slot).getLongVolatile(ColumnLayout.healthOverload(slot)) != 0;
    }

    /** Forgets what was told, and a probe that is under way; from now on the endpoint is watched, or not. */
    public void watch(PodView endpoint, boolean on) {
        while (true) {
            long before = told(endpoint.slot());
            long cleared = before & ~(FAILURES | CAUSE | ANSWERED | WATCHED | PROBED);
            if (generation(before) != endpoint.generation()
                    || tell(endpoint.slot(), before, on ? cleared | WATCHED : cleared)) {
                return;
            }
        }
    }

    /**
     * Shows what was decided.
     *
     * @param cause how the endpoint failed
     * @param failures how often
     * @param ejections how often it was ejected
     * @param since by the clock of the cache
     * @param until by the clock of the cache
     */
    public void show(PodView endpoint, Health.State state, int cause, int failures, int ejections, long since,
            long until) {
        int slot = endpoint.slot();
        UnsafeBuffer chunk = chunk(slot);
        chunk.putLongVolatile(ColumnLayout.healthSince(slot), since);
        chunk.putLongVolatile(ColumnLayout.healthUntil(slot), until);
        chunk.putLongVolatile(ColumnLayout.healthState(slot), word(endpoint.generation(), number(state)
                | ((long) Math.min(ejections, MOST_EJECTIONS) << EJECTIONS_SHIFT)
                | ((long) cause << SHOWN_CAUSE_SHIFT)
                | ((long) failures << SHOWN_FAILURES_SHIFT)));
    }

    @SuppressWarnings("EnumOrdinal") // the file shows the number
    private static long number(Health.State state) {
        return state.ordinal();
    }

    private long told(int slot) {
        return chunk(slot).getLongVolatile(ColumnLayout.healthTold(slot));
    }

    private boolean tell(int slot, long before, long after) {
        return chunk(slot).compareAndSetLong(ColumnLayout.healthTold(slot), before, after);
    }

    private long shown(int slot) {
        return chunk(slot).getLongVolatile(ColumnLayout.healthState(slot));
    }

    private UnsafeBuffer chunk(int slot) {
        return chunks[ColumnLayout.chunk(slot)];
    }

    private static int probe(long told) {
        return (int) ((told & PROBE) >> PROBE_SHIFT);
    }

    private static long word(int generation, long lower) {
        return ((long) generation << Integer.SIZE) | lower;
    }

    private static int generation(long word) {
        return (int) (word >>> Integer.SIZE);
    }
}
