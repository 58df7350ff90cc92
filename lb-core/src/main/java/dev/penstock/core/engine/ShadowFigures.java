package dev.penstock.core.engine;

import dev.penstock.core.port.Metrics;
import dev.penstock.spi.PodView;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How the choices of one shadow compare with those that were used. Any thread. */
final class ShadowFigures {

    private static final int MAX_PODS = 256;
    private static final String OTHER = "other";

    private final Metrics metrics;
    private final String strategy;
    private final Metrics.Count same;
    private final Metrics.Count different;
    private final Metrics.Count none;
    private final Metrics.Count nanos;
    private final Map<String, Metrics.Count> used = new ConcurrentHashMap<>();
    private final Map<String, Metrics.Count> shadows = new ConcurrentHashMap<>();

    /**
     * Nothing compared yet.
     *
     * @param strategy the shadow
     */
    ShadowFigures(Metrics metrics, String strategy) {
        this.metrics = metrics;
        this.strategy = strategy;
        this.same = decisions("same");
        this.different = decisions("different");
        this.none = decisions("none");
        this.nanos = metrics.counter("penstock_shadow_nanoseconds", "Time spent in shadow strategies.", "strategy",
                strategy);
    }

    private Metrics.Count decisions(String result) {
        return metrics.counter("penstock_shadow_decisions", "Choices of a shadow beside those that were used.",
                "strategy", strategy, "result", result);
    }

    void took(long time) {
        nanos.add(time);
    }

    void none() {
        none.increment();
    }

    void compared(PodView shadow, PodView real) {
        (shadow.sameEndpoint(real) ? same : different).increment();
        choice(shadows, "shadow", shadow);
        choice(used, "used", real);
    }

    private void choice(Map<String, Metrics.Count> known, String by, PodView endpoint) {
        String pod = endpoint.namespace() + '/' + endpoint.name();
        // Pods come and go: beyond the bound they are counted together.
        String label = known.containsKey(pod) || known.size() < MAX_PODS ? pod : OTHER;
        known.computeIfAbsent(label, any -> metrics.counter("penstock_shadow_choices",
                "Pods that a shadow chose, and that were used for the same requests.", "strategy", strategy, "by", by,
                "pod", label)).increment();
    }
}
