package dev.penstock.cache.health;

import dev.penstock.core.port.Health;
import dev.penstock.core.port.Metrics;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What is counted of ejections. Series are made beforehand. */
final class EjectionMetrics {

    private final Map<String, Metrics.Count> ejections = new HashMap<>();
    private final Metrics.Count coolDowns;
    private final Metrics.Count refused;
    private final Metrics.Count back;

    EjectionMetrics(Metrics metrics) {
        for (Health.Failure failure : Health.Failure.values()) {
            ejection(metrics, Causes.label(Causes.of(failure)));
        }
        ejection(metrics, Causes.label(Causes.FIRST_STATUS));
        coolDowns = metrics.counter("penstock_cool_downs", "Times that an endpoint was left alone after 429 or 503.");
        refused = metrics.counter("penstock_ejections_refused",
                "Times that an endpoint stayed because too many of its model were out already.");
        back = metrics.counter("penstock_ejections_over", "Ejected endpoints that came back.");
    }

    private void ejection(Metrics metrics, String label) {
        ejections.put(label, metrics.counter("penstock_ejections", "Ejections of endpoints, by the last failure.",
                "reason", label));
    }

    void ejected(int cause) {
        Objects.requireNonNull(ejections.get(Causes.label(cause))).increment();
    }

    void cooledDown() {
        coolDowns.increment();
    }

    void refused() {
        refused.increment();
    }

    void back() {
        back.increment();
    }
}
