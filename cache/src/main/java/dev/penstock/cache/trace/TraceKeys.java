package dev.penstock.cache.trace;

import io.lettuce.core.cluster.SlotHash;

/** The keys of a record in Redis. Stateless; any thread. */
final class TraceKeys {

    private TraceKeys() {}

    /** The key that the GPU optimizer reads. */
    static String key(String model, long end) {
        return "aibrix:" + model + "_request_trace_" + end;
    }

    /**
     * The key of the parts of a record, one for each replica; in a cluster it is in the same slot as the record's own.
     *
     * <p>It never begins as records do, so that nobody who looks for records comes upon it.
     */
    static String parts(String key) {
        if (key.indexOf('}') < 0) {
            return '{' + key + "}:parts";
        }
        return '{' + tag(key) + "}:" + key + ":parts";
    }

    /** What the slot of the key is made of, or something short that makes the same slot. */
    private static String tag(String key) {
        int open = key.indexOf('{');
        int close = key.indexOf('}', open + 1);
        if (open >= 0 && close > open + 1) {
            return key.substring(open + 1, close);
        }
        // The whole key makes its slot, but between braces the tag would end within it.
        int slot = SlotHash.getSlot(key);
        int number = 0;
        while (SlotHash.getSlot(Integer.toString(number)) != slot) {
            number++;
        }
        return Integer.toString(number);
    }
}
