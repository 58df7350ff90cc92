package dev.penstock.core.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * How many requests wait in one router instance, by model. Written by the thread that holds the shard, read by any.
 */
final class QueueLengths {

    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();
    private final Consumer<String> shown;

    /**
     * Nothing waits.
     *
     * @param shown told of each model for which something begins to wait
     */
    QueueLengths(Consumer<String> shown) {
        this.shown = shown;
    }

    /** Takes note of how many requests wait for a model. */
    void set(String model, int requests) {
        if (requests <= 0) {
            // Models come and go: those for which nothing waits are not remembered.
            waiting.remove(model);
        } else if (waiting.put(model, requests) == null) {
            shown.accept(model);
        }
    }

    /** How many wait for a model. */
    int of(String model) {
        return waiting.getOrDefault(model, 0);
    }
}
