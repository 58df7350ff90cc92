package dev.penstock.spi;

/**
 * A figure that engines report about themselves, by one name whichever engine it is. An engine need not report all of
 * them; read with {@link PodLoad#gauge}.
 */
public enum Gauge {
    /** Requests that run, as the engine counts them. */
    RUNNING("num_requests_running"),
    /** Requests that wait in the engine. */
    WAITING("num_requests_waiting"),
    /** Share of the KV cache in use, 0 to 1. */
    KV_CACHE_USAGE("kv_cache_usage_perc"),
    /** Share of the CPU tier of the KV cache in use, 0 to 1. */
    CPU_CACHE_USAGE("cpu_cache_usage_perc"),
    /** Blocks in the KV cache. */
    KV_BLOCKS("num_gpu_blocks"),
    /** Tokens in a block of the KV cache. */
    KV_BLOCK_TOKENS("block_size"),
    /** Share of time that the GPU works, 0 to 1. */
    GPU_BUSY("gpu_busy_time_ratio"),
    /** Utilization as the engine reports it, 0 to 1. */
    UTILIZATION("engine_utilization"),
    /** Prompt tokens a second. */
    PROMPT_THROUGHPUT("avg_prompt_throughput_toks_per_s"),
    /** Generated tokens a second. */
    GENERATION_THROUGHPUT("avg_generation_throughput_toks_per_s"),
    /** Prompt tokens of a request, mean. */
    PROMPT_TOKENS_PER_REQUEST("avg_prompt_toks_per_req"),
    /** Generated tokens of a request, mean. */
    GENERATION_TOKENS_PER_REQUEST("avg_generation_toks_per_req"),
    /** Seconds in the engine's queue, mean. */
    QUEUE_SECONDS("request_queue_time_seconds"),
    /** Seconds of prefill of a request, mean. */
    PREFILL_SECONDS("request_prefill_time_seconds"),
    /** Seconds of decode of a request, mean. */
    DECODE_SECONDS("request_decode_time_seconds"),
    /**
     * Requests completed a second, over the last minute; where the engine does not tell,
     * {@link PodLoad#completionRate}.
     */
    DRAIN_RATE("realtime_running_requests_drain_rate_1m");

    private final String metric;

    Gauge(String metric) {
        this.metric = metric;
    }

    /** The name of the metric, whichever engine reports it. */
    public String metric() {
        return metric;
    }
}
