package dev.penstock.server.exchange;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Metrics.Count;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What requests count. Any thread. Series are made beforehand, or once for each model of the fleet. */
final class ProxyMetrics {
    private static final String[] CLASSES = {"1xx", "2xx", "3xx", "4xx", "5xx"};
    private static final int MAX_MODELS = 4_096;
    /** 20 µs to 100 ms. */
    private static final long[] OVERHEAD_NANOS = {20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
            5_000_000, 20_000_000, 100_000_000};

    private final Metrics metrics;
    private final Map<Api, Count[]> requests = new EnumMap<>(Api.class);
    private final Count[] otherRequests;
    private final Map<ErrorCode, Count> errors = new EnumMap<>(ErrorCode.class);
    private final Map<RetryReason, Count> retries = new EnumMap<>(RetryReason.class);
    private final Metrics.Times overhead;
    private final Count clientGone;
    private final Count retriesRefused;
    private final Count brokenUsage;
    private final Count tunnelsOpened;
    private final LongAdder tunnelsOpen = new LongAdder();
    private final Map<String, ModelMetrics> models = new ConcurrentHashMap<>();

    ProxyMetrics(Metrics metrics) {
        this.metrics = metrics;
        for (Api api : Api.values()) {
            requests.put(api, byClass(api.name().toLowerCase(Locale.ROOT)));
        }
        otherRequests = byClass("other");
        for (ErrorCode code : ErrorCode.values()) {
            errors.put(code, metrics.counter("penstock_errors", "Requests that Penstock itself ended, by cause.",
                    "error", code.label()));
        }
        for (RetryReason reason : RetryReason.values()) {
            retries.put(reason, metrics.counter("penstock_retries", "Requests sent once more, by cause.",
                    "reason", reason.label()));
        }
        overhead = metrics.times("penstock_overhead_seconds",
                "Time that Penstock itself adds to a request: from its body to the pod, and from the first byte of the"
                        + " answer to the client, without connecting.", OVERHEAD_NANOS);
        clientGone = metrics.counter("penstock_client_gone", "Requests whose client went away before the end.");
        retriesRefused = metrics.counter("penstock_retries_refused", "Retries for which the budget had nothing left.");
        brokenUsage = metrics.counter("penstock_usage_unreadable", "Answers whose usage could not be read.");
        tunnelsOpened = metrics.counter("penstock_websockets", "WebSockets that a pod accepted.");
        metrics.gauge("penstock_websockets_open", "WebSockets that are open now.", tunnelsOpen::doubleValue);
    }

    private Count[] byClass(String api) {
        Count[] counts = new Count[CLASSES.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = metrics.counter("penstock_requests", "Requests that were answered, by call and status.",
                    "api", api, "status", CLASSES[i]);
        }
        return counts;
    }

    void answered(@Nullable Api api, int status) {
        Count[] counts = api == null ? otherRequests : count(requests, api);
        counts[Math.clamp(status / 100 - 1, 0, CLASSES.length - 1)].increment();
    }

    void error(ErrorCode code) {
        count(errors, code).increment();
    }

    void retried(RetryReason reason) {
        count(retries, reason).increment();
    }

    void retryRefused() {
        retriesRefused.increment();
    }

    /** A pod has answered, and the request has ended. */
    void overhead(long nanos) {
        overhead.record(nanos);
    }

    void tunnelOpened() {
        tunnelsOpened.increment();
        tunnelsOpen.increment();
    }

    void tunnelClosed() {
        tunnelsOpen.decrement();
    }

    void clientGone() {
        clientGone.increment();
    }

    void brokenUsage() {
        brokenUsage.increment();
    }

    private static <K, V> V count(Map<K, V> counts, K key) {
        return Objects.requireNonNull(counts.get(key));
    }

    /** The series of a model, by its name in the fleet; of a bounded number of models. */
    ModelMetrics model(String name) {
        ModelMetrics known = models.get(name);
        if (known != null) {
            return known;
        }
        String label = models.size() < MAX_MODELS ? name : "other";
        return models.computeIfAbsent(label, key -> new ModelMetrics(metrics, key));
    }

    /** What is counted for one model. Any thread. */
    static final class ModelMetrics {
        private final Count requests;
        private final Count succeeded;
        private final Count failed;
        private final Count inputTokens;
        private final Count outputTokens;
        private final Count withUsage;
        private final TimeBuckets firstByte;
        private final TimeBuckets total;

        ModelMetrics(Metrics metrics, String model) {
            requests = metrics.counter("gateway_request", "Requests for a model.", "model", model);
            succeeded = metrics.counter("gateway_request_model_success", "Requests that a pod answered with 2xx.",
                    "model", model);
            failed = metrics.counter("gateway_request_model_fail", "Requests that ended otherwise.", "model", model);
            inputTokens = metrics.counter("gateway_input_tokens", "Tokens of prompts, as engines count them.",
                    "model", model);
            outputTokens = metrics.counter("gateway_output_tokens", "Tokens generated, as engines count them.",
                    "model", model);
            withUsage = metrics.counter("gateway_requests_with_usage", "Answers that told their usage.",
                    "model", model);
            firstByte = new TimeBuckets(metrics, "gateway_ttft_bucket", "Streams by the time to their first byte.",
                    model, TimeBuckets.FIRST_BYTE_MILLIS);
            total = new TimeBuckets(metrics, "gateway_total_time_bucket", "Answers by the time to their end.", model,
                    TimeBuckets.TOTAL_MILLIS);
        }

        void began() {
            requests.increment();
        }

        /** A pod has answered, and the request has ended. */
        void took(Timeline timeline, boolean stream) {
            if (stream) {
                firstByte.record(timeline.firstByteNanos());
            }
            total.record(timeline.totalNanos());
        }

        void ended(boolean success, Usage usage) {
            (success ? succeeded : failed).increment();
            if (usage.promptTokens() >= 0) {
                inputTokens.add(usage.promptTokens());
                withUsage.increment();
            }
            if (usage.completionTokens() > 0) {
                outputTokens.add(usage.completionTokens());
            }
        }
    }
}
