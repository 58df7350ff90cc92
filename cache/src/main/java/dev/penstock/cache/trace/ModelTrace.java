package dev.penstock.cache.trace;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The requests of one model in one window. Immutable; any thread.
 *
 * @param model name of the model
 * @param arrivals requests that were admitted in the window
 * @param pending requests that had begun and not ended when the window was written
 * @param queueing requests that waited in a router then
 * @param completions requests that ended in the window with known usage, by {@code "<input bucket>:<output bucket>"}
 */
public record ModelTrace(String model, long arrivals, long pending, long queueing,
        SortedMap<String, Long> completions) {

    /** Version of the schema. */
    public static final int VERSION = 4;

    /** Copies the map. */
    public ModelTrace {
        completions = Collections.unmodifiableSortedMap(new TreeMap<>(completions));
    }

    /** The record as the GPU optimizer reads it: a flat JSON object of whole numbers, its keys in order. */
    public String json() {
        SortedMap<String, Long> all = new TreeMap<>(completions);
        all.put("meta_v", (long) VERSION);
        all.put("meta_interval_sec", TraceWindow.SECONDS);
        all.put("meta_precision", (long) TokenIndex.PRECISION);
        all.put("meta_total_reqs", arrivals);
        all.put("meta_pending_reqs", pending);
        all.put("meta_queueing_reqs", queueing);
        StringBuilder json = new StringBuilder("{");
        for (Map.Entry<String, Long> each : all.entrySet()) {
            json.append(json.length() == 1 ? "\"" : ",\"").append(each.getKey()).append("\":").append(each.getValue());
        }
        return json.append('}').toString();
    }
}
