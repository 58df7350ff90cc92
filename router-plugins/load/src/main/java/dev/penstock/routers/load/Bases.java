package dev.penstock.routers.load;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import java.util.List;

/** What strategies compare pods by, each list in the order in which it is tried. Holds no state. */
final class Bases {

    /** Requests that the engine says it has. */
    private static final Basis ENGINE_REQUESTS = Basis.of("engine_requests",
            Figure.gauge(Gauge.RUNNING).plus(Figure.gauge(Gauge.WAITING).or(0)));

    private static final Figure KV = Figure.gauge(Gauge.KV_CACHE_USAGE);

    private static final Figure QUEUE = Figure.gauge(Gauge.QUEUE_SECONDS);
    // Where an engine tells no time of inference: what is left of the whole without the queue.
    private static final Figure INFERENCE = Figure.gauge(Gauge.INFERENCE_SECONDS)
            .or(Figure.gauge(Gauge.E2E_SECONDS).minus(QUEUE.or(0)));

    private static final Basis KV_USAGE = Basis.of("kv_usage", KV);

    /** GPU and CPU tier; most engines have no CPU tier any more, and then it takes nothing. */
    static final List<Basis> LEAST_KV_CACHE = List.of(
            Basis.of("kv_and_cpu_usage", KV.plus(Figure.gauge(Gauge.CPU_CACHE_USAGE).or(0))), ENGINE_REQUESTS);

    static final List<Basis> LEAST_GPU_CACHE = List.of(KV_USAGE, ENGINE_REQUESTS);

    static final List<Basis> LEAST_UTILIZATION = List.of(
            Basis.of("utilization", Figure.gauge(Gauge.UTILIZATION)), KV_USAGE, ENGINE_REQUESTS);

    static final List<Basis> LEAST_BUSY_TIME = List.of(
            Basis.of("busy_time", Figure.gauge(Gauge.GPU_BUSY)), Basis.of("derived_busy_time", Bases::busyTime),
            ENGINE_REQUESTS);

    static final List<Basis> THROUGHPUT = List.of(
            Basis.of("tokens_of_requests", Figure.gauge(Gauge.PROMPT_TOKENS_PER_REQUEST).times(2)
                    .plus(Figure.gauge(Gauge.GENERATION_TOKENS_PER_REQUEST))),
            Basis.of("tokens_per_second", Figure.gauge(Gauge.PROMPT_THROUGHPUT).times(2)
                    .plus(Figure.gauge(Gauge.GENERATION_THROUGHPUT))),
            ENGINE_REQUESTS);

    private static final Figure PREFILL = Figure.gauge(Gauge.PREFILL_SECONDS);
    private static final Figure DECODE = Figure.gauge(Gauge.DECODE_SECONDS);
    private static final Figure PROMPT_TOKENS = Figure.gauge(Gauge.PROMPT_TOKENS_PER_REQUEST).or(0);
    private static final Figure OUTPUT_TOKENS = Figure.gauge(Gauge.GENERATION_TOKENS_PER_REQUEST).or(0);

    static final List<Basis> LEAST_LATENCY = List.of(
            new Basis("latency", Bases::latencyOfAnyLength, (load, model, pod) ->
                    perToken(PREFILL.of(load, model, pod), PROMPT_TOKENS.of(load, model, pod)), (load, model, pod) ->
                    perToken(DECODE.of(load, model, pod), OUTPUT_TOKENS.of(load, model, pod))),
            new Basis("token_times", Figure.gauge(Gauge.TTFT_SECONDS), Figure.ZERO,
                    Figure.gauge(Gauge.TPOT_SECONDS).or(0)),
            ENGINE_REQUESTS);

    private Bases() {}

    /**
     * The share of time in which the engine has a request at all, where requests come by chance: by Little's law their
     * mean number is the rate times the time that each of them takes in the engine.
     */
    private static double busyTime(PodLoad load, ModelView model, PodView pod) {
        double rate = load.gauge(pod, model, Gauge.COMPLETION_RATE);
        if (rate == 0) {
            return 0;
        }
        double seconds = INFERENCE.of(load, model, pod);
        return 1 - Math.exp(-rate * seconds);
    }

    /** The part of the latency that does not grow with a request: where mean lengths are missing, all of it. */
    private static double latencyOfAnyLength(PodLoad load, ModelView model, PodView pod) {
        double prefill = PREFILL.of(load, model, pod);
        double decode = DECODE.of(load, model, pod);
        if (!Double.isFinite(prefill + decode)) {
            return Double.NaN;
        }
        return QUEUE.of(load, model, pod) + (PROMPT_TOKENS.of(load, model, pod) > 0 ? 0 : prefill)
                + (OUTPUT_TOKENS.of(load, model, pod) > 0 ? 0 : decode);
    }

    private static double perToken(double seconds, double tokens) {
        return tokens > 0 ? seconds / tokens : 0;
    }
}
