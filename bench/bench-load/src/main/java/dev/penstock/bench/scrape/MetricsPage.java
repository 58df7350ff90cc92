package dev.penstock.bench.scrape;

import java.nio.charset.StandardCharsets;

/** A page as vLLM shows it, its counters growing from page to page, filled up to a size with other families. */
final class MetricsPage {

    private static final String MODEL = "engine=\"0\",model_name=\"meta-llama/Llama-3.1-8B-Instruct\"";
    private static final double[] TIMES = {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5,
        7.5, 10, 20, 40, 80, 160, 640, 2560};
    private static final String[] HISTOGRAMS = {"time_to_first_token_seconds", "inter_token_latency_seconds",
        "e2e_request_latency_seconds", "request_queue_time_seconds", "request_inference_time_seconds",
        "request_prefill_time_seconds", "request_decode_time_seconds", "request_prompt_tokens",
        "request_generation_tokens", "request_max_num_generation_tokens", "request_time_per_output_token_seconds",
        "iteration_tokens_total", "request_params_n", "request_params_max_tokens"};
    private static final String[] COUNTERS = {"num_preemptions_total", "prompt_tokens_total", "generation_tokens_total",
        "prefix_cache_queries_total", "prefix_cache_hits_total"};

    private MetricsPage() {}

    /**
     * An answer with a page.
     *
     * @param bytes least size of the page
     * @param turn how many pages there have been
     */
    static byte[] answer(int bytes, int turn) {
        StringBuilder page = new StringBuilder(bytes + 1024);
        gauge(page, "num_requests_running", 3 + turn % 5);
        gauge(page, "num_requests_waiting", turn % 3);
        gauge(page, "kv_cache_usage_perc", 0.25 + turn % 7 / 10.0);
        for (String name : COUNTERS) {
            head(page, name, "counter");
            page.append("vllm:").append(name).append('{').append(MODEL).append("} ").append(1e6 + turn).append('\n');
        }
        head(page, "request_success_total", "counter");
        for (String reason : new String[] {"stop", "length", "abort"}) {
            page.append("vllm:request_success_total{").append(MODEL).append(",finished_reason=\"").append(reason)
                    .append("\"} ").append(1e3 + turn).append('\n');
        }
        head(page, "cache_config_info", "gauge");
        page.append("vllm:cache_config_info{block_size=\"16\",num_gpu_blocks=\"27000\",engine=\"0\"} 1.0\n");
        for (String name : HISTOGRAMS) {
            histogram(page, name, turn);
        }
        for (int other = 0; page.length() < bytes; other++) {
            histogram(page, "http_request_duration_seconds_handler_" + other, turn);
        }
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " + page.length()
                + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] answer = new byte[head.length + page.length()];
        System.arraycopy(head, 0, answer, 0, head.length);
        byte[] body = page.toString().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(body, 0, answer, head.length, body.length);
        return answer;
    }

    private static void histogram(StringBuilder page, String name, int turn) {
        head(page, name, "histogram");
        for (int i = 0; i <= TIMES.length; i++) {
            page.append("vllm:").append(name).append("_bucket{").append(MODEL).append(",le=\"")
                    .append(i == TIMES.length ? "+Inf" : Double.toString(TIMES[i])).append("\"} ")
                    .append((double) (100 * i + turn * i)).append('\n');
        }
        page.append("vllm:").append(name).append("_count{").append(MODEL).append("} ")
                .append((double) ((100 + turn) * TIMES.length)).append('\n');
        page.append("vllm:").append(name).append("_sum{").append(MODEL).append("} ").append(1234.5678 + turn)
                .append('\n');
    }

    private static void gauge(StringBuilder page, String name, double value) {
        head(page, name, "gauge");
        page.append("vllm:").append(name).append('{').append(MODEL).append("} ").append(value).append('\n');
    }

    private static void head(StringBuilder page, String name, String type) {
        page.append("# HELP vllm:").append(name).append(" What the engine says of ").append(name)
                .append(".\n# TYPE vllm:").append(name).append(' ').append(type).append('\n');
    }
}
