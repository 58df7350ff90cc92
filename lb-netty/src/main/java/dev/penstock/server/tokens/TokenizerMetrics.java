package dev.penstock.server.tokens;

import dev.penstock.core.port.Metrics;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What one tokenizer counts. Any thread. */
final class TokenizerMetrics {

    /** 20 µs to 500 ms. */
    private static final long[] BOUNDS_NANOS = {20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
            5_000_000, 10_000_000, 20_000_000, 50_000_000, 100_000_000, 500_000_000};

    private final Map<Fallback, Metrics.Count> fallbacks = new EnumMap<>(Fallback.class);
    private final Metrics.Times times;

    TokenizerMetrics(Metrics metrics, String tokenizer) {
        for (Fallback why : Fallback.values()) {
            fallbacks.put(why, metrics.counter("penstock_tokenizer_fallbacks",
                    "Requests that went on without the tokens of their prompt, by cause.", "tokenizer", tokenizer,
                    "reason", why.label()));
        }
        times = metrics.times("penstock_tokenizer_seconds", "Time in which prompts became tokens.", BOUNDS_NANOS,
                "tokenizer", tokenizer);
    }

    void made(long nanos) {
        times.record(nanos);
    }

    void fallback(Fallback why) {
        Objects.requireNonNull(fallbacks.get(why)).increment();
    }
}
