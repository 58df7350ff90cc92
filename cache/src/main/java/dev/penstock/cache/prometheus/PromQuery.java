package dev.penstock.cache.prometheus;

import dev.penstock.spi.Gauge;
import java.util.List;

/**
 * A figure that Prometheus is asked for, for all endpoints at once: one sample for each {@code instance}, and for
 * figures of a model for each {@code model_name} there.
 *
 * @param gauge the figure
 * @param byModel whether it is of a model
 * @param promQl the query
 */
record PromQuery(Gauge gauge, boolean byModel, String promQl) {

    /** Figures that only Prometheus gives. */
    static final List<PromQuery> OWN = List.of(
            of(Gauge.TTFT_P95_5M_SECONDS, quantile("vllm:time_to_first_token_seconds", "instance")),
            new PromQuery(Gauge.MODEL_TTFT_P95_5M_SECONDS, true,
                    quantile("vllm:time_to_first_token_seconds", "instance, model_name")),
            of(Gauge.TTFT_5M_SECONDS, mean("vllm:time_to_first_token_seconds", "5m")),
            of(Gauge.TPOT_P95_5M_SECONDS, quantile("vllm:inter_token_latency_seconds", "instance")
                    + " or " + quantile("vllm:time_per_output_token_seconds", "instance")),
            of(Gauge.TPOT_5M_SECONDS, mean("vllm:inter_token_latency_seconds", "5m")
                    + " or " + mean("vllm:time_per_output_token_seconds", "5m")),
            of(Gauge.E2E_5M_SECONDS, mean("vllm:e2e_request_latency_seconds", "5m")),
            of(Gauge.REQUESTS_PER_MINUTE, perMinute("vllm:request_success_total")),
            of(Gauge.PROMPT_TOKENS_PER_MINUTE, perMinute("vllm:prompt_tokens_total")),
            of(Gauge.GENERATION_TOKENS_PER_MINUTE, perMinute("vllm:generation_tokens_total")));

    /** Figures that engines tell themselves: asked for only where engines are not. */
    static final List<PromQuery> SHARED = List.of(
            of(Gauge.PROMPT_TOKENS_PER_REQUEST, mean("vllm:request_prompt_tokens", "1d")),
            of(Gauge.GENERATION_TOKENS_PER_REQUEST, mean("vllm:request_generation_tokens", "1d")),
            of(Gauge.COMPLETION_RATE, "sum by (instance) (rate(sglang:num_requests_total[1m]))"
                    + " or sum by (instance) (rate(vllm:request_success_total[1m]))"));

    private static PromQuery of(Gauge gauge, String promQl) {
        return new PromQuery(gauge, false, promQl);
    }

    private static String quantile(String histogram, String by) {
        return "histogram_quantile(0.95, sum by (" + by + ", le) (rate(" + histogram + "_bucket[5m])))";
    }

    // Nothing where nothing was counted: 0 / 0 is NaN there as well, and is dropped.
    private static String mean(String histogram, String time) {
        return "sum by (instance) (increase(" + histogram + "_sum[" + time + "])) / sum by (instance) (increase("
                + histogram + "_count[" + time + "]))";
    }

    private static String perMinute(String counter) {
        return "sum by (instance) (increase(" + counter + "[5m])) / 5";
    }
}
