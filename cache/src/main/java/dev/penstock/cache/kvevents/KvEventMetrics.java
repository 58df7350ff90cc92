package dev.penstock.cache.kvevents;

import dev.penstock.core.port.Metrics;

/**
 * What is counted of events.
 *
 * @param stored events of stored blocks
 * @param removed events of removed blocks
 * @param cleared events of emptied caches
 * @param unknown events of kinds that are not known, or of ranks that the pod has no endpoint for
 * @param unmatchable events of stored blocks whose tokens do not tell what is in them: images, salted caches
 * @param lost messages that were missed
 * @param malformed messages that could not be read
 * @param filled replays by which a gap was filled, or all learned from the beginning
 * @param partial replays that did not reach back far enough
 * @param failed replays that were not answered in time
 */
record KvEventMetrics(Metrics.Count stored, Metrics.Count removed, Metrics.Count cleared, Metrics.Count unknown,
        Metrics.Count unmatchable, Metrics.Count lost, Metrics.Count malformed, Metrics.Count filled,
        Metrics.Count partial, Metrics.Count failed) {

    static KvEventMetrics of(Metrics metrics) {
        return new KvEventMetrics(event(metrics, "stored"), event(metrics, "removed"), event(metrics, "cleared"),
                event(metrics, "unknown"), event(metrics, "unmatchable"),
                metrics.counter("penstock_kv_events_lost", "Messages about KV caches that were missed."),
                metrics.counter("penstock_kv_events_decode_failures",
                        "Messages about KV caches that could not be read."),
                replay(metrics, "ok"), replay(metrics, "partial"), replay(metrics, "failed"));
    }

    private static Metrics.Count event(Metrics metrics, String type) {
        return metrics.counter("penstock_kv_events", "What engines told of their KV caches.", "type", type);
    }

    private static Metrics.Count replay(Metrics metrics, String result) {
        return metrics.counter("penstock_kv_events_replays",
                "Times that an engine was asked to repeat what it told of its KV cache.", "result", result);
    }
}
