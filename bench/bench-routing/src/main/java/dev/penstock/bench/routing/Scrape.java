package dev.penstock.bench.routing;

import dev.penstock.bench.routing.EngineCounts.Count;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeLoad;

/** What one balancer knows of one engine from its metrics: a page after the other. Confined to one thread. */
final class Scrape {

    private static final double SECOND_NANOS = 1e9;

    private final SimPod engine;
    private final FakeLoad load;
    private final PodView pod;
    private final ReportWindow window = new ReportWindow();
    private long readNanos = -1;
    private double busySeconds;

    /**
     * Nothing read yet.
     *
     * @param engine who is asked
     * @param load where routers read it
     * @param pod the engine as routers see it
     */
    Scrape(SimPod engine, FakeLoad load, PodView pod) {
        this.engine = engine;
        this.load = load;
        this.pod = pod;
    }

    /** Asks the engine, and lets routers see what it tells until it is asked again. */
    void read(long now) {
        EnginePage page = engine.page(now);
        window.add(page.counts(), now);
        tell(Gauge.RUNNING, page.running());
        tell(Gauge.WAITING, page.waiting());
        tell(Gauge.KV_CACHE_USAGE, page.kvUsage());
        tell(Gauge.UTILIZATION, page.utilization());
        tell(Gauge.GPU_BUSY, busy(page.counts(), now));
        tell(Gauge.PROMPT_THROUGHPUT, window.rate(Count.PREFILLED_TOKENS));
        tell(Gauge.GENERATION_THROUGHPUT, window.rate(Count.GENERATED_TOKENS));
        tell(Gauge.COMPLETION_RATE, window.rate(Count.ENDED));
        tellMeans();
        load.reportedAt(pod, now);
        readNanos = now;
    }

    private void tellMeans() {
        tell(Gauge.PROMPT_TOKENS_PER_REQUEST, window.mean(Count.PROMPT_TOKENS, Count.ENDED));
        tell(Gauge.GENERATION_TOKENS_PER_REQUEST, window.mean(Count.ANSWER_TOKENS, Count.ENDED));
        double prefill = window.mean(Count.PREFILL_SECONDS, Count.ENDED);
        double decode = window.mean(Count.DECODE_SECONDS, Count.ENDED);
        tell(Gauge.QUEUE_SECONDS, window.mean(Count.QUEUE_SECONDS, Count.ENDED));
        tell(Gauge.PREFILL_SECONDS, prefill);
        tell(Gauge.DECODE_SECONDS, decode);
        tell(Gauge.INFERENCE_SECONDS, prefill + decode);
        tell(Gauge.E2E_SECONDS, window.mean(Count.E2E_SECONDS, Count.ENDED));
        tell(Gauge.TTFT_SECONDS, window.mean(Count.TTFT_SECONDS, Count.FIRST_TOKENS));
        tell(Gauge.TPOT_SECONDS, window.mean(Count.NEXT_TOKEN_SECONDS, Count.NEXT_TOKENS));
        tell(Gauge.KV_CACHE_HIT_RATE, window.mean(Count.FOUND_TOKENS, Count.LOOKED_UP_TOKENS));
    }

    /** Share of the time since the page before; what an exporter beside the engine tells. */
    private double busy(EngineCounts counts, long now) {
        double before = busySeconds;
        busySeconds = counts.of(Count.BUSY_SECONDS);
        return readNanos < 0 ? Double.NaN : (busySeconds - before) / ((now - readNanos) / SECOND_NANOS);
    }

    private void tell(Gauge gauge, double value) {
        load.gauge(pod, gauge, value);
    }
}
