package dev.penstock.routers.pd;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How prefill pods are compared. */
enum PrefillPolicy {
    /** What is not cached of the prompt, then requests. */
    PREFIX_CACHE,
    /** Requests. */
    LEAST_REQUEST,
    /** The time until the prompt is computed, estimated. */
    CONDUCTOR;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** As settings and profiles have it. */
    String word() {
        return word;
    }

    /** By its word; null where there is none. */
    static @Nullable PrefillPolicy of(String word) {
        String trimmed = word.trim();
        for (PrefillPolicy policy : values()) {
            if (policy.word.equalsIgnoreCase(trimmed)) {
                return policy;
            }
        }
        return null;
    }
}
