package dev.penstock.cache.limits;

import dev.penstock.core.port.Metrics;
import java.util.EnumMap;
import java.util.Objects;

/** Counts how limits fare, for the operator; nothing of single users or models. Any thread. */
final class LimitCounts {

    /** What a request was refused for. */
    enum Kind {
        USER_REQUESTS("user_requests"),
        USER_TOKENS("user_tokens"),
        UNKNOWN_USER("unknown_user"),
        MODEL_REQUESTS("model_requests"),
        MODEL_IN_FLIGHT("model_in_flight"),
        UNAVAILABLE("unavailable");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private final EnumMap<Kind, Metrics.Count> refused = new EnumMap<>(Kind.class);
    private final Metrics.Count late;
    private final Metrics.Count local;

    /**
     * Counts of one part.
     *
     * @param part users or models
     */
    LimitCounts(Metrics metrics, String part) {
        for (Kind kind : Kind.values()) {
            refused.put(kind, metrics.counter("penstock_limited", "Requests that limits refused.", "limit",
                    kind.label));
        }
        late = metrics.counter("penstock_limits_late", "Requests that waited for Redis until their deadline.",
                "limits", part);
        local = metrics.counter("penstock_limits_local",
                "Requests that were counted in this process, because Redis did not answer.", "limits", part);
    }

    void refused(Kind kind) {
        Objects.requireNonNull(refused.get(kind)).increment();
    }

    void late() {
        late.increment();
    }

    void local() {
        local.increment();
    }
}
