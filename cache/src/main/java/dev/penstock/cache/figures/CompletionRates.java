package dev.penstock.cache.figures;

import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes rates over the last minute of what endpoints have completed. Confined to {@code lb-cache}; requests only count.
 */
public final class CompletionRates {

    /** Time between two samples. */
    static final long INTERVAL_NANOS = 5_000_000_000L;
    /** Least time that a rate is made of. */
    static final long LEAST_NANOS = 10_000_000_000L;
    /** Samples that reach back one minute. */
    static final int SAMPLES = 13;

    private static final double SECOND_NANOS = 1e9;

    /** What one endpoint had completed at the last ticks, in the places of the ticks. */
    private static final class Samples {
        final int generation;
        final long firstTick;
        // The lower half of the count: differences are right all the same.
        final int[] completed = new int[SAMPLES];

        Samples(int generation, long firstTick) {
            this.generation = generation;
            this.firstTick = firstTick;
        }
    }

    private final LoadColumns columns;
    private final SnapshotSource snapshots;
    private final NanoClock clock;
    private final long[] tickNanos = new long[SAMPLES];
    private @Nullable Samples[] bySlot = new Samples[0];
    private long tick = -1;
    private long sampledNanos;

    /**
     * No endpoint has been looked at.
     *
     * @param figures what endpoints have completed
     * @param snapshots the fleet
     * @param clock the clock of the cache
     */
    public CompletionRates(FigureColumns figures, SnapshotSource snapshots, NanoClock clock) {
        this.columns = figures.loads();
        this.snapshots = snapshots;
        this.clock = clock;
        this.sampledNanos = clock.nanoTime() - INTERVAL_NANOS;
    }

    /** One duty cycle; how much there was to do. */
    public int doWork() {
        Snapshot fleet = snapshots.current();
        long now = clock.nanoTime();
        if (fleet.slots() == 0 || now - sampledNanos < INTERVAL_NANOS) {
            return 0;
        }
        sampledNanos = now;
        tick++;
        tickNanos[place(tick)] = now;
        if (bySlot.length < fleet.slots()) {
            bySlot = Arrays.copyOf(bySlot, fleet.slots());
        }
        for (int slot = 0; slot < bySlot.length; slot++) {
            PodView endpoint = slot < fleet.slots() ? fleet.endpoint(slot) : null;
            if (endpoint == null) {
                bySlot[slot] = null;
            } else {
                sample(endpoint);
            }
        }
        return 1;
    }

    private void sample(PodView endpoint) {
        Samples samples = bySlot[endpoint.slot()];
        if (samples == null || samples.generation != endpoint.generation()) {
            samples = new Samples(endpoint.generation(), tick);
            bySlot[endpoint.slot()] = samples;
        }
        int completed = (int) columns.completed(endpoint);
        samples.completed[place(tick)] = completed;
        int oldest = place(Math.max(samples.firstTick, tick - SAMPLES + 1));
        long nanos = tickNanos[place(tick)] - tickNanos[oldest];
        if (nanos >= LEAST_NANOS) {
            columns.showRate(endpoint, (completed - samples.completed[oldest]) * SECOND_NANOS / nanos);
        }
    }

    /** How long there is nothing to do. */
    public long restNanos() {
        return snapshots.current().slots() == 0 ? Long.MAX_VALUE
                : Math.max(0, INTERVAL_NANOS - (clock.nanoTime() - sampledNanos));
    }

    private static int place(long tick) {
        return (int) (tick % SAMPLES);
    }
}
