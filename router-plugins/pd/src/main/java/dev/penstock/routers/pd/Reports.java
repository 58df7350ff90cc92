package dev.penstock.routers.pd;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.Arrays;

/**
 * What the engines of a model's pods said last, by slot. Read anew ten times a second at most: engines are asked once a
 * second, and requests come a thousand times as often. Confined to one thread.
 */
final class Reports {

    /** For how long they stand, unless the fleet changes. */
    static final long LIFE_NANOS = 100_000_000;
    private static final double ALL_FREE = 100;
    private static final double LEAST_FREE = .1;
    // Prometheus clamps the rate so, in the query that AIBrix's users have.
    private static final double LEAST_RATE = .01;

    private final PodLoad load;
    private double[] throughput = {};
    private double[] drainRate = {};
    private double[] free = {};
    private double[] scarcity = {};
    private boolean[] kvKnown = {};
    private double[] queued = {};
    private double[] completed = {};
    private double[] prefillSeconds = {};
    private double meanCompleted;
    private long version;
    private long madeNanos;
    private int edition;

    Reports(PodLoad load) {
        this.load = load;
    }

    /** Reads them anew where they are too old, or of an earlier fleet. */
    void renewIfOld(Snapshot snapshot, ModelView model, long nowNanos) {
        if (edition == 0 || version != snapshot.version() || nowNanos - madeNanos >= LIFE_NANOS) {
            renew(snapshot.slots(), model);
            edition++;
            version = snapshot.version();
            madeNanos = nowNanos;
        }
    }

    /** Another number whenever they were read anew; 0 before. */
    int edition() {
        return edition;
    }

    private void renew(int slots, ModelView model) {
        if (slots > throughput.length) {
            throughput = new double[slots];
            drainRate = new double[slots];
            free = new double[slots];
            scarcity = new double[slots];
            kvKnown = new boolean[slots];
            queued = new double[slots];
            completed = new double[slots];
            prefillSeconds = new double[slots];
        }
        Arrays.fill(throughput, Double.NaN);
        Arrays.fill(drainRate, Double.NaN);
        Arrays.fill(free, ALL_FREE);
        Arrays.fill(scarcity, 1 / ALL_FREE);
        Arrays.fill(kvKnown, false);
        Arrays.fill(queued, Double.NaN);
        Arrays.fill(completed, Double.NaN);
        Arrays.fill(prefillSeconds, Double.NaN);
        double sum = 0;
        int known = 0;
        Candidates ready = model.ready();
        for (int i = 0; i < ready.size(); i++) {
            PodView pod = ready.get(i);
            int slot = pod.slot();
            read(pod, model, slot);
            if (!Double.isNaN(completed[slot])) {
                sum += completed[slot];
                known++;
            }
        }
        meanCompleted = known == 0 ? Double.NaN : sum / known;
    }

    private void read(PodView pod, ModelView model, int slot) {
        throughput[slot] = load.gauge(pod, model, Gauge.GENERATION_THROUGHPUT);
        drainRate[slot] = load.gauge(pod, model, Gauge.DRAIN_RATE);
        double used = load.gauge(pod, model, Gauge.KV_CACHE_USAGE);
        kvKnown[slot] = !Double.isNaN(used);
        free[slot] = kvKnown[slot] ? Math.max(LEAST_FREE, (double) Math.round(ALL_FREE * (1 - used))) : ALL_FREE;
        scarcity[slot] = 1 / free[slot];
        queued[slot] = load.gauge(pod, model, Gauge.WAITING)
                + orNone(load.gauge(pod, model, Gauge.PREFILL_PREALLOCATING))
                + orNone(load.gauge(pod, model, Gauge.DECODE_PREALLOCATING));
        double told = load.gauge(pod, model, Gauge.COMPLETION_RATE);
        completed[slot] = Math.max(LEAST_RATE, Double.isNaN(told) ? drainRate[slot] : told);
        prefillSeconds[slot] = load.gauge(pod, model, Gauge.PREFILL_SECONDS);
    }

    // Engines that do not hand over by themselves have no such queues.
    private static double orNone(double gauge) {
        return Double.isNaN(gauge) ? 0 : gauge;
    }

    /** Tokens generated a second; NaN where it is not known. */
    double throughput(int slot) {
        return throughput[slot];
    }

    /** Requests completed a second; NaN where it is not known. */
    double drainRate(int slot) {
        return drainRate[slot];
    }

    /** Percent of the KV cache that are free, 0.1 at least; 100 where it is not known. */
    double free(int slot) {
        return free[slot];
    }

    /** One by {@link #free}: multiplying takes a fraction of the time. */
    double scarcity(int slot) {
        return scarcity[slot];
    }

    /** Whether the engine tells of its KV cache. */
    boolean kvKnown(int slot) {
        return kvKnown[slot];
    }

    /** Seconds of prefill of a request, mean; NaN where it is not known. */
    double prefillSeconds(int slot) {
        return prefillSeconds[slot];
    }

    /** Whether {@link #queueSeconds} goes by what the engine tells alone. */
    boolean queueKnown(int slot) {
        return !Double.isNaN(queued[slot]) && !Double.isNaN(completed[slot]);
    }

    /**
     * Seconds until what waits at a pod is done.
     *
     * @param requests in flight there: in place of those that wait, where the engine does not tell
     */
    double queueSeconds(int slot, int requests) {
        double waiting = Double.isNaN(queued[slot]) ? requests : queued[slot];
        double rate = Double.isNaN(completed[slot]) ? meanCompleted : completed[slot];
        return waiting / (Double.isNaN(rate) ? 1 : rate);
    }
}
