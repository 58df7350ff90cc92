package dev.penstock.spi;

/**
 * A figure that engines report about themselves, by one name whichever engine it is. An engine need not report all of
 * them; read with {@link PodLoad#gauge}. Means, percentiles, shares and rates are those of the last minute, by default,
 * not since the engine began; where nothing happened in that time they are missing.
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
    DRAIN_RATE("realtime_running_requests_drain_rate_1m"),

    /** Requests that the engine has put aside: swapped out, or retracted. */
    SWAPPED("num_requests_swapped"),
    /** Requests at a prefill engine that wait for room to hand over. */
    PREFILL_PREALLOCATING("num_prefill_prealloc_queue_reqs"),
    /** Requests at a decode engine that wait for room to take over. */
    DECODE_PREALLOCATING("num_decode_prealloc_queue_reqs"),
    /** 1 where the engine sleeps, 0 where it is awake. */
    SLEEPING("engine_sleep_state"),
    /** Requests that the engine preempts, a second. */
    PREEMPTION_RATE("num_preemptions_per_s"),
    /** Requests that the engine itself says it completes, a second. */
    COMPLETION_RATE("drain_rate_1m"),
    /** Seconds to the first token, mean. */
    TTFT_SECONDS("time_to_first_token_seconds"),
    /** Seconds to the first token, median. */
    TTFT_P50_SECONDS("time_to_first_token_seconds_p50"),
    /** Seconds to the first token, 90th percentile. */
    TTFT_P90_SECONDS("time_to_first_token_seconds_p90"),
    /** Seconds to the first token, 99th percentile. */
    TTFT_P99_SECONDS("time_to_first_token_seconds_p99"),
    /** Seconds between two tokens, mean. */
    TPOT_SECONDS("time_per_output_token_seconds"),
    /** Seconds between two tokens, median. */
    TPOT_P50_SECONDS("time_per_output_token_seconds_p50"),
    /** Seconds between two tokens, 90th percentile. */
    TPOT_P90_SECONDS("time_per_output_token_seconds_p90"),
    /** Seconds between two tokens, 99th percentile. */
    TPOT_P99_SECONDS("time_per_output_token_seconds_p99"),
    /** Seconds between two tokens where each request counts once, mean. */
    REQUEST_TPOT_SECONDS("request_time_per_output_token_seconds"),
    /** Seconds of a request as a whole, mean. */
    E2E_SECONDS("e2e_request_latency_seconds"),
    /** Seconds of a request as a whole, median. */
    E2E_P50_SECONDS("e2e_request_latency_seconds_p50"),
    /** Seconds of a request as a whole, 90th percentile. */
    E2E_P90_SECONDS("e2e_request_latency_seconds_p90"),
    /** Seconds of a request as a whole, 99th percentile. */
    E2E_P99_SECONDS("e2e_request_latency_seconds_p99"),
    /** Seconds in the engine's queue, median. */
    QUEUE_P50_SECONDS("request_queue_time_seconds_p50"),
    /** Seconds in the engine's queue, 90th percentile. */
    QUEUE_P90_SECONDS("request_queue_time_seconds_p90"),
    /** Seconds in the engine's queue, 99th percentile. */
    QUEUE_P99_SECONDS("request_queue_time_seconds_p99"),
    /** Seconds of prefill and decode of a request, mean. */
    INFERENCE_SECONDS("request_inference_time_seconds"),
    /** Tokens that a request may generate at most, mean. */
    MAX_GENERATION_TOKENS_PER_REQUEST("avg_max_num_generation_toks_per_req"),
    /** Tokens of a step of the engine, mean. */
    ITERATION_TOKENS("avg_iteration_toks"),
    /** Share of prompt tokens that the engine finds in its KV cache, 0 to 1. */
    KV_CACHE_HIT_RATE("kv_cache_hit_rate"),
    /** Share of prompt tokens looked up that are found in a cache beside the engine, 0 to 1. */
    EXTERNAL_CACHE_HIT_RATE("external_prefix_cache_hit_rate"),
    /** Tokens that the KV cache has room for. */
    KV_CAPACITY_TOKENS("kv_cache_capacity_tokens"),
    /** Most LoRA adapters at one time. */
    MAX_LORA("max_lora"),
    /** LoRA adapters with requests that run. */
    RUNNING_LORA("running_lora_adapters"),
    /** LoRA adapters with requests that wait. */
    WAITING_LORA("waiting_lora_adapters"),
    /** Seconds of a transfer of KV cache between engines, mean. */
    KV_TRANSFER_SECONDS("nixl_xfer_time_seconds"),
    /** Bytes of a transfer of KV cache between engines, mean. */
    KV_TRANSFER_BYTES("nixl_bytes_transferred"),
    /** Transfers of KV cache between engines that fail, a second. */
    KV_TRANSFER_FAILURE_RATE("nixl_num_failed_transfers_per_s"),

    /** From Prometheus: seconds to the first token over 5 minutes, 95th percentile. */
    TTFT_P95_5M_SECONDS("p95_ttft_5m_pod"),
    /** From Prometheus: the same for one model; read it by model. */
    MODEL_TTFT_P95_5M_SECONDS("p95_ttft_5m"),
    /** From Prometheus: seconds to the first token over 5 minutes, mean. */
    TTFT_5M_SECONDS("avg_ttft_5m_pod"),
    /** From Prometheus: seconds between two tokens over 5 minutes, 95th percentile. */
    TPOT_P95_5M_SECONDS("p95_tpot_5m_pod"),
    /** From Prometheus: seconds between two tokens over 5 minutes, mean. */
    TPOT_5M_SECONDS("avg_tpot_pod_5m"),
    /** From Prometheus: seconds of a request as a whole over 5 minutes, mean. */
    E2E_5M_SECONDS("avg_e2e_latency_pod"),
    /** From Prometheus: requests completed a minute, over 5 minutes. */
    REQUESTS_PER_MINUTE("avg_requests_per_min_pod"),
    /** From Prometheus: prompt tokens a minute, over 5 minutes. */
    PROMPT_TOKENS_PER_MINUTE("avg_prompt_throughput_toks_per_min_pod"),
    /** From Prometheus: generated tokens a minute, over 5 minutes. */
    GENERATION_TOKENS_PER_MINUTE("avg_generation_throughput_toks_per_min_pod");

    private final String metric;

    Gauge(String metric) {
        this.metric = metric;
    }

    /** The name of the metric, whichever engine reports it. */
    public String metric() {
        return metric;
    }
}
