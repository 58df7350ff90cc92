package dev.penstock.routers.pd;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How decode pods are compared. */
enum DecodePolicy {
    /** Requests and speed, by what is free of the KV cache. */
    LOAD_BALANCING,
    /** Requests. */
    LEAST_REQUEST,
    /** The time of a token, estimated. */
    CONDUCTOR;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** As settings and profiles have it. */
    String word() {
        return word;
    }

    /** By its word; null where there is none. */
    static @Nullable DecodePolicy of(String word) {
        String trimmed = word.trim();
        for (DecodePolicy policy : values()) {
            if (policy.word.equalsIgnoreCase(trimmed)) {
                return policy;
            }
        }
        return null;
    }
}
