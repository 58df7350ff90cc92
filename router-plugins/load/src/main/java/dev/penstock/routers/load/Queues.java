package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.Arrays;

/** What waits for prefill at the pods of a model, as their engines report it. Confined to one thread. */
final class Queues extends Column {

    // Beyond it k / (1 - k) would be without bound.
    private static final double FULLEST = 0.999;

    private static final Figure HIT_RATE = Figure.gauge(Gauge.KV_CACHE_HIT_RATE).or(0);
    // Where an engine tells no time of prefill: what is left of the time to the first token without the queue.
    private static final Figure PREFILL = Figure.gauge(Gauge.PREFILL_SECONDS)
            .or(Figure.gauge(Gauge.TTFT_SECONDS).minus(Figure.gauge(Gauge.QUEUE_SECONDS)));

    /** How much an engine tells of what waits. */
    enum Known {
        /** How many requests wait. */
        QUEUE,
        /** Only how much of its KV cache is in use. */
        KV_ALONE,
        /** Neither. */
        NOTHING
    }

    /**
     * What is assumed.
     *
     * @param promptTokens tokens of a prompt where nobody knows them
     * @param prefillRate tokens a second where no engine tells
     * @param kvWeight seconds that a KV cache in use by a half weighs
     */
    record Assumed(double promptTokens, double prefillRate, double kvWeight) {}

    private final PodLoad load;
    private final SentTokens sent;
    private final Assumed assumed;
    private Known[] known = {};
    private double[] tokens = {};
    private double[] secondsPerToken = {};
    private double[] kvSeconds = {};
    private boolean tellSpeed;

    Queues(PodLoad load, SentTokens sent, Assumed assumed) {
        this.load = load;
        this.sent = sent;
        this.assumed = assumed;
    }

    @Override
    void renew(Snapshot snapshot, ModelView model, long nowNanos) {
        if (snapshot.slots() > tokens.length) {
            known = new Known[snapshot.slots()];
            tokens = new double[snapshot.slots()];
            secondsPerToken = new double[snapshot.slots()];
            kvSeconds = new double[snapshot.slots()];
        }
        Arrays.fill(known, Known.NOTHING);
        Arrays.fill(secondsPerToken, Double.NaN);
        Arrays.fill(kvSeconds, Double.NaN);
        Candidates ready = model.ready();
        Mean speed = new Mean();
        Mean kv = new Mean();
        for (int i = 0; i < ready.size(); i++) {
            PodView pod = ready.get(i);
            read(model, pod, nowNanos);
            speed.add(1 / secondsPerToken[pod.slot()]);
            kv.add(kvSeconds[pod.slot()]);
        }
        tellSpeed = speed.count > 0;
        double meanSeconds = 1 / speed.or(assumed.prefillRate());
        double meanKv = kv.or(0);
        for (int slot = 0; slot < tokens.length; slot++) {
            secondsPerToken[slot] = Double.isFinite(secondsPerToken[slot]) ? secondsPerToken[slot] : meanSeconds;
            kvSeconds[slot] = Double.isFinite(kvSeconds[slot]) ? kvSeconds[slot] : meanKv;
        }
    }

    /** Reads what one pod reports; what is missing is NaN until the others are known. */
    private void read(ModelView model, PodView pod, long nowNanos) {
        int slot = pod.slot();
        double mean = load.gauge(pod, model, Gauge.PROMPT_TOKENS_PER_REQUEST);
        double uncached = Math.max(1, (mean > 0 ? mean : assumed.promptTokens())
                * (1 - HIT_RATE.of(load, model, pod)));
        double waiting = load.gauge(pod, model, Gauge.WAITING);
        double usage = Math.min(FULLEST, load.gauge(pod, model, Gauge.KV_CACHE_USAGE));
        double prefill = PREFILL.of(load, model, pod);
        tokens[slot] = waiting * uncached;
        // Only with the length of its prompts does a time of prefill tell a speed.
        secondsPerToken[slot] = mean > 0 && prefill > 0 ? prefill / uncached : Double.NaN;
        kvSeconds[slot] = assumed.kvWeight() * usage / (1 - usage);
        if (Double.isFinite(waiting)) {
            known[slot] = Known.QUEUE;
            sent.reported(pod, nowNanos - load.gaugeAgeNanos(pod, model, Gauge.WAITING));
        } else {
            known[slot] = Double.isFinite(usage) ? Known.KV_ALONE : Known.NOTHING;
        }
    }

    /** Whether any pod tells how fast it prefills. */
    boolean tellSpeed() {
        return tellSpeed;
    }

    Known known(int slot) {
        return known[slot];
    }

    /** Uncached prompt tokens that waited when the engine reported; NaN where it did not. */
    double tokens(int slot) {
        return tokens[slot];
    }

    /** Seconds that the prefill of a token takes; where that is not known, the mean of the others. */
    double secondsPerToken(int slot) {
        return secondsPerToken[slot];
    }

    /** What the use of the KV cache weighs; where that is not known, the mean of the others. */
    double kvSeconds(int slot) {
        return kvSeconds[slot];
    }

    private static final class Mean {
        private double sum;
        private int count;

        void add(double value) {
            if (Double.isFinite(value)) {
                sum += value;
                count++;
            }
        }

        double or(double other) {
            return count == 0 ? other : sum / count;
        }
    }
}
