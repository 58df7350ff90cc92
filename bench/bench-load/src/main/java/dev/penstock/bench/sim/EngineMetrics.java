package dev.penstock.bench.sim;

/** What an engine shows on {@code /metrics}, under vLLM's names. Confined to the engine's event loop. */
final class EngineMetrics implements Scheduler.Observer {
    private final String labels;
    private final PrefixCache cache;
    private final EngineCounters counters;
    private final Histogram timeToFirstToken = new Histogram("vllm:time_to_first_token_seconds",
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80);
    private final Histogram timePerOutputToken = tokenTimes("vllm:time_per_output_token_seconds");
    private final Histogram interTokenLatency = tokenTimes("vllm:inter_token_latency_seconds");
    private final Histogram endToEnd = requestTimes("vllm:e2e_request_latency_seconds");
    private final Histogram queueTime = requestTimes("vllm:request_queue_time_seconds");
    private final Histogram prefillTime = requestTimes("vllm:request_prefill_time_seconds");
    private final Histogram inferenceTime = requestTimes("vllm:request_inference_time_seconds");
    private final Histogram promptLengths = requestTokens("vllm:request_prompt_tokens");
    private final Histogram generationLengths = requestTokens("vllm:request_generation_tokens");
    private final Histogram decodeTime = requestTimes("vllm:request_decode_time_seconds");
    private long promptTokens;
    private long cachedTokens;
    private long queriedTokens;
    private long succeeded;

    EngineMetrics(String model, PrefixCache cache, EngineCounters counters) {
        this.labels = "engine=\"0\",model_name=\"" + model.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        this.cache = cache;
        this.counters = counters;
    }

    private static Histogram tokenTimes(String name) {
        return new Histogram(name, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5);
    }

    private static Histogram requestTimes(String name) {
        return new Histogram(name, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240);
    }

    private static Histogram requestTokens(String name) {
        return new Histogram(name, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000);
    }

    @Override
    public void prefilled(Generation generation) {
        promptTokens += generation.promptTokens;
        queriedTokens += generation.promptTokens;
        cachedTokens += generation.cachedTokens;
        queueTime.observeNanos(generation.prefillStartedNanos - generation.submittedNanos);
    }

    @Override
    public void produced(Generation generation, long sinceLastTokenNanos) {
        counters.tokens().increment();
        if (generation.produced == 1) {
            timeToFirstToken.observeNanos(generation.firstTokenNanos - generation.submittedNanos);
            prefillTime.observeNanos(generation.firstTokenNanos - generation.prefillStartedNanos);
        } else {
            timePerOutputToken.observeNanos(sinceLastTokenNanos);
            interTokenLatency.observeNanos(sinceLastTokenNanos);
        }
    }

    @Override
    public void finished(Generation generation) {
        succeeded++;
        promptLengths.observe(generation.promptTokens);
        generationLengths.observe(generation.produced);
        if (generation.produced > 0) {
            endToEnd.observeNanos(generation.lastTokenNanos - generation.submittedNanos);
            inferenceTime.observeNanos(generation.lastTokenNanos - generation.prefillStartedNanos);
            decodeTime.observeNanos(generation.lastTokenNanos - generation.firstTokenNanos);
        }
    }

    String page(int running, int waiting, LoraAdapters adapters) {
        StringBuilder page = new StringBuilder(16_384);
        gauge(page, "vllm:num_requests_running", "Requests in the batch.", running);
        gauge(page, "vllm:num_requests_waiting", "Requests waiting to be processed.", waiting);
        gauge(page, "vllm:kv_cache_usage_perc", "KV-cache usage, 1 is all of it.", cache.usage());
        gauge(page, "vllm:gpu_cache_usage_perc", "KV-cache usage under its older name.", cache.usage());
        counter(page, "vllm:prefix_cache_queries", "Prompt tokens looked up in the prefix cache.", "", queriedTokens);
        counter(page, "vllm:prefix_cache_hits", "Prompt tokens found in the prefix cache.", "", cachedTokens);
        counter(page, "vllm:prompt_tokens", "Prefill tokens processed.", "", promptTokens);
        counter(page, "vllm:generation_tokens", "Tokens generated.", "", counters.tokens().value());
        counter(page, "vllm:num_preemptions", "Preemptions.", "", 0);
        counter(page, "vllm:request_success", "Requests that ended well.", ",finished_reason=\"stop\"", succeeded);
        counter(page, "sim:connections_used", "Connections over which a fixed answer was asked for.", "",
                counters.used().value());
        timeToFirstToken.write(page, labels);
        timePerOutputToken.write(page, labels);
        interTokenLatency.write(page, labels);
        endToEnd.write(page, labels);
        queueTime.write(page, labels);
        prefillTime.write(page, labels);
        decodeTime.write(page, labels);
        inferenceTime.write(page, labels);
        promptLengths.write(page, labels);
        generationLengths.write(page, labels);
        head(page, "vllm:cache_config_info", "Information of the cache configuration.", "gauge");
        page.append("vllm:cache_config_info{block_size=\"").append(cache.blockTokens())
                .append("\",enable_prefix_caching=\"True\",num_gpu_blocks=\"").append(cache.blocks()).append("\",")
                .append(labels).append("} 1.0\n");
        head(page, "vllm:lora_requests_info", "Adapters loaded.", "gauge");
        page.append("vllm:lora_requests_info{max_lora=\"").append(adapters.most())
                .append("\",running_lora_adapters=\"").append(String.join(",", adapters.names()))
                .append("\",waiting_lora_adapters=\"\"} ").append(System.currentTimeMillis() / 1e3).append('\n');
        return page.toString();
    }

    private void gauge(StringBuilder page, String name, String help, double value) {
        head(page, name, help, "gauge");
        page.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private void counter(StringBuilder page, String name, String help, String moreLabels, long value) {
        head(page, name, help, "counter");
        page.append(name).append("_total{").append(labels).append(moreLabels).append("} ").append((double) value)
                .append('\n');
    }

    private static void head(StringBuilder page, String name, String help, String type) {
        page.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                .append(type).append('\n');
    }
}
