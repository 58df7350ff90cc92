package dev.penstock.bench.chat;

import java.util.List;

/**
 * How one strategy fared.
 *
 * @param strategy its name
 * @param requests requests that were answered
 * @param failures requests that were not
 * @param firstTokenNanos times to the first token, ascending
 * @param promptTokens prompt tokens that came to each engine
 * @param cachedTokens those of them that each engine had in its cache
 */
record ChatResult(String strategy, int requests, long failures, List<Long> firstTokenNanos, List<Long> promptTokens,
        List<Long> cachedTokens) {

    private static final double NANOS_PER_SECOND = 1e9;

    double meanSeconds() {
        return firstTokenNanos.stream().mapToLong(Long::longValue).average().orElse(Double.NaN) / NANOS_PER_SECOND;
    }

    double percentileSeconds(double percent) {
        int size = firstTokenNanos.size();
        return size == 0 ? Double.NaN
                : firstTokenNanos.get(Math.max(0, (int) Math.ceil(percent / 100 * size) - 1)) / NANOS_PER_SECOND;
    }

    /** Share of the prompt tokens that were cached. */
    double hitRatio() {
        return sum(cachedTokens) / sum(promptTokens);
    }

    /** Tokens that the busiest engine had to prefill, as a multiple of the mean. */
    double loadMaxOverMean() {
        long most = 0;
        for (int i = 0; i < promptTokens.size(); i++) {
            most = Math.max(most, promptTokens.get(i) - cachedTokens.get(i));
        }
        return most * promptTokens.size() / (sum(promptTokens) - sum(cachedTokens));
    }

    private static double sum(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).sum();
    }
}
