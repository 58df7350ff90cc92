package dev.penstock.cache.kubernetes;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Metrics.Count;

/** What is counted of one kind of objects. Any thread. */
final class KubernetesMetrics {

    final Count lists;
    final Count failedLists;
    final Count events;
    final Count missedGone;
    final Count missedChanged;
    private final Metrics metrics;
    private final String kind;

    KubernetesMetrics(Metrics metrics, String kind) {
        this.metrics = metrics;
        this.kind = kind;
        lists = lists("good");
        failedLists = lists("failed");
        events = metrics.counter("penstock_kubernetes_events", "Changes that the API server told of.", "kind", kind);
        missedGone = missed("gone");
        missedChanged = missed("changed");
    }

    private Count lists(String result) {
        return metrics.counter("penstock_kubernetes_lists", "Lists that the API server was asked for.",
                "kind", kind, "result", result);
    }

    private Count missed(String change) {
        return metrics.counter("penstock_kubernetes_missed",
                "Objects that a list showed to be gone or changed, of which no watch had told.",
                "kind", kind, "change", change);
    }

    /** A watch has ended. */
    void watchEnded(WatchEnd cause) {
        metrics.counter("penstock_kubernetes_watch_ends", "Watches that ended by themselves or were given up.",
                "kind", kind, "cause", cause.label).increment();
    }

    /** Why a watch has ended. */
    enum WatchEnd {
        /** By the server, or with its connection. */
        ENDED("ended"),
        /** What it was to begin with is older than what the server remembers. */
        EXPIRED("expired"),
        /** It said nothing for too long. */
        SILENT("silent");

        private final String label;

        WatchEnd(String label) {
            this.label = label;
        }
    }
}
