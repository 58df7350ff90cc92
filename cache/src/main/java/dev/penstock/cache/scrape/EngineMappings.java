package dev.penstock.cache.scrape;

import dev.penstock.spi.Gauge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The engines whose metrics pages are understood. {@code docs/engine-metrics.md} shows the same as a table. */
final class EngineMappings {

    private static final String BUSY = "gpu_busy_time_ratio";

    /** vLLM; today's names first, those of its first generation after them. */
    static final EngineMapping VLLM = EngineMapping.of("vllm", "/metrics")
            .sum(Gauge.RUNNING, "vllm:num_requests_running")
            .sum(Gauge.WAITING, "vllm:num_requests_waiting")
            .sum(Gauge.SWAPPED, "vllm:num_requests_swapped")
            .mean(Gauge.KV_CACHE_USAGE, "vllm:kv_cache_usage_perc")
            .mean(Gauge.KV_CACHE_USAGE, "vllm:gpu_cache_usage_perc")
            .mean(Gauge.CPU_CACHE_USAGE, "vllm:cpu_cache_usage_perc")
            .blocks("vllm:cache_config_info", "num_gpu_blocks", "block_size")
            .mean(Gauge.SLEEPING, "vllm:engine_sleep_state")
            .mean(Gauge.GPU_BUSY, BUSY)
            .rate(Gauge.COMPLETION_RATE, "vllm:request_success_total")
            .rate(Gauge.COMPLETION_RATE, "vllm:num_requests_success_total")
            .rate(Gauge.PREEMPTION_RATE, "vllm:num_preemptions_total")
            .sum(Gauge.PROMPT_THROUGHPUT, "vllm:avg_prompt_throughput_toks_per_s")
            .rate(Gauge.PROMPT_THROUGHPUT, "vllm:prompt_tokens_total")
            .sum(Gauge.GENERATION_THROUGHPUT, "vllm:avg_generation_throughput_toks_per_s")
            .rate(Gauge.GENERATION_THROUGHPUT, "vllm:generation_tokens_total")
            .average(Gauge.PROMPT_TOKENS_PER_REQUEST, "vllm:request_prompt_tokens")
            .average(Gauge.GENERATION_TOKENS_PER_REQUEST, "vllm:request_generation_tokens")
            .average(Gauge.MAX_GENERATION_TOKENS_PER_REQUEST, "vllm:request_max_num_generation_tokens")
            .average(Gauge.ITERATION_TOKENS, "vllm:iteration_tokens_total")
            .histogram(Gauge.TTFT_SECONDS, Gauge.TTFT_P50_SECONDS, Gauge.TTFT_P90_SECONDS, Gauge.TTFT_P99_SECONDS,
                    "vllm:time_to_first_token_seconds")
            .histogram(Gauge.TPOT_SECONDS, Gauge.TPOT_P50_SECONDS, Gauge.TPOT_P90_SECONDS, Gauge.TPOT_P99_SECONDS,
                    "vllm:inter_token_latency_seconds")
            .histogram(Gauge.TPOT_SECONDS, Gauge.TPOT_P50_SECONDS, Gauge.TPOT_P90_SECONDS, Gauge.TPOT_P99_SECONDS,
                    "vllm:time_per_output_token_seconds")
            .average(Gauge.REQUEST_TPOT_SECONDS, "vllm:request_time_per_output_token_seconds")
            .histogram(Gauge.E2E_SECONDS, Gauge.E2E_P50_SECONDS, Gauge.E2E_P90_SECONDS, Gauge.E2E_P99_SECONDS,
                    "vllm:e2e_request_latency_seconds")
            .histogram(Gauge.QUEUE_SECONDS, Gauge.QUEUE_P50_SECONDS, Gauge.QUEUE_P90_SECONDS, Gauge.QUEUE_P99_SECONDS,
                    "vllm:request_queue_time_seconds")
            .average(Gauge.INFERENCE_SECONDS, "vllm:request_inference_time_seconds")
            .average(Gauge.PREFILL_SECONDS, "vllm:request_prefill_time_seconds")
            .average(Gauge.DECODE_SECONDS, "vllm:request_decode_time_seconds")
            .ratio(Gauge.KV_CACHE_HIT_RATE, "vllm:prefix_cache_hits_total", "vllm:prefix_cache_queries_total")
            .ratio(Gauge.KV_CACHE_HIT_RATE, "vllm:gpu_prefix_cache_hits_total", "vllm:gpu_prefix_cache_queries_total")
            .ratio(Gauge.EXTERNAL_CACHE_HIT_RATE, "vllm:external_prefix_cache_hits_total",
                    "vllm:external_prefix_cache_queries_total")
            .adapters("vllm:lora_requests_info", "max_lora", "running_lora_adapters", "waiting_lora_adapters")
            .average(Gauge.KV_TRANSFER_SECONDS, "vllm:nixl_xfer_time_seconds")
            .average(Gauge.KV_TRANSFER_BYTES, "vllm:nixl_bytes_transferred")
            .rate(Gauge.KV_TRANSFER_FAILURE_RATE, "vllm:nixl_num_failed_transfers_total")
            .build();

    /** SGLang. */
    static final EngineMapping SGLANG = EngineMapping.of("sglang", "/metrics")
            .sum(Gauge.RUNNING, "sglang:num_running_reqs")
            .sum(Gauge.WAITING, "sglang:num_queue_reqs")
            .sum(Gauge.SWAPPED, "sglang:num_retracted_reqs")
            .sum(Gauge.PREFILL_PREALLOCATING, "sglang:num_prefill_prealloc_queue_reqs")
            .sum(Gauge.DECODE_PREALLOCATING, "sglang:num_decode_prealloc_queue_reqs")
            .mean(Gauge.KV_CACHE_USAGE, "sglang:token_usage")
            .blocks("sglang:cache_config_info", "num_pages", "page_size")
            .sum(Gauge.KV_CAPACITY_TOKENS, "sglang:max_total_num_tokens")
            .mean(Gauge.UTILIZATION, "sglang:utilization")
            .mean(Gauge.GPU_BUSY, BUSY)
            .rate(Gauge.COMPLETION_RATE, "sglang:num_requests_total")
            .rate(Gauge.PROMPT_THROUGHPUT, "sglang:prompt_tokens_total")
            .sum(Gauge.GENERATION_THROUGHPUT, "sglang:gen_throughput")
            .rate(Gauge.GENERATION_THROUGHPUT, "sglang:generation_tokens_total")
            .ratio(Gauge.PROMPT_TOKENS_PER_REQUEST, "sglang:prompt_tokens_total", "sglang:num_requests_total")
            .ratio(Gauge.GENERATION_TOKENS_PER_REQUEST, "sglang:generation_tokens_total", "sglang:num_requests_total")
            .histogram(Gauge.TTFT_SECONDS, Gauge.TTFT_P50_SECONDS, Gauge.TTFT_P90_SECONDS, Gauge.TTFT_P99_SECONDS,
                    "sglang:time_to_first_token_seconds")
            .histogram(Gauge.TPOT_SECONDS, Gauge.TPOT_P50_SECONDS, Gauge.TPOT_P90_SECONDS, Gauge.TPOT_P99_SECONDS,
                    "sglang:inter_token_latency_seconds")
            .histogram(Gauge.TPOT_SECONDS, Gauge.TPOT_P50_SECONDS, Gauge.TPOT_P90_SECONDS, Gauge.TPOT_P99_SECONDS,
                    "sglang:time_per_output_token_seconds")
            .histogram(Gauge.E2E_SECONDS, Gauge.E2E_P50_SECONDS, Gauge.E2E_P90_SECONDS, Gauge.E2E_P99_SECONDS,
                    "sglang:e2e_request_latency_seconds")
            .histogram(Gauge.QUEUE_SECONDS, Gauge.QUEUE_P50_SECONDS, Gauge.QUEUE_P90_SECONDS, Gauge.QUEUE_P99_SECONDS,
                    "sglang:queue_time_seconds")
            .mean(Gauge.KV_CACHE_HIT_RATE, "sglang:cache_hit_rate")
            .build();

    /** TensorRT-LLM. */
    static final EngineMapping TRTLLM = EngineMapping.of("trtllm", "/prometheus/metrics")
            .mean(Gauge.KV_CACHE_USAGE, "trtllm_kv_cache_utilization")
            .mean(Gauge.KV_CACHE_HIT_RATE, "trtllm_kv_cache_hit_rate")
            .mean(Gauge.GPU_BUSY, BUSY)
            .rate(Gauge.COMPLETION_RATE, "trtllm_request_success_total")
            .histogram(Gauge.TTFT_SECONDS, Gauge.TTFT_P50_SECONDS, Gauge.TTFT_P90_SECONDS, Gauge.TTFT_P99_SECONDS,
                    "trtllm_time_to_first_token_seconds")
            .histogram(Gauge.TPOT_SECONDS, Gauge.TPOT_P50_SECONDS, Gauge.TPOT_P90_SECONDS, Gauge.TPOT_P99_SECONDS,
                    "trtllm_time_per_output_token_seconds")
            .histogram(Gauge.E2E_SECONDS, Gauge.E2E_P50_SECONDS, Gauge.E2E_P90_SECONDS, Gauge.E2E_P99_SECONDS,
                    "trtllm_e2e_request_latency_seconds")
            .histogram(Gauge.QUEUE_SECONDS, Gauge.QUEUE_P50_SECONDS, Gauge.QUEUE_P90_SECONDS, Gauge.QUEUE_P99_SECONDS,
                    "trtllm_request_queue_time_seconds")
            .build();

    /** xLLM. */
    static final EngineMapping XLLM = EngineMapping.of("xllm", "/metrics")
            .mean(Gauge.KV_CACHE_USAGE, "kv_cache_utilization")
            .mean(Gauge.UTILIZATION, "engine_utilization")
            .mean(Gauge.GPU_BUSY, BUSY)
            .build();

    /** All of them. */
    static final List<EngineMapping> ALL = List.of(VLLM, SGLANG, TRTLLM, XLLM);

    private EngineMappings() {}

    /** The mapping of an engine, or null where its pages are not understood. */
    static @Nullable EngineMapping of(String engine) {
        for (EngineMapping mapping : ALL) {
            if (mapping.engine().equalsIgnoreCase(engine)) {
                return mapping;
            }
        }
        return null;
    }
}
