package dev.penstock.routers.kvcache;

import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.SettingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code predicted-ttft-held} goes by, beside the costs; all numbers but the last are more than 0.
 *
 * @param workNanos prefill that a pod may have before it and still gets a prompt
 * @param patienceNanos how long a request waits for such a pod; then it takes one with more, by what it waited longer
 * @param maxQueued requests that may wait for a model
 * @param maxQueuedBytes bytes of their bodies
 * @param maxWaitNanos how long a request may wait
 * @param lookAgainNanos how often to look for what nobody tells
 * @param shortFirst seconds by which a request goes later for each second of prefill that it takes; 0 or more
 */
record HeldSettings(long workNanos, long patienceNanos, long maxQueued, long maxQueuedBytes, long maxWaitNanos,
        long lookAgainNanos, double shortFirst) {

    private static final String WORK = "work";
    private static final String PATIENCE = "patience";
    private static final String MAX_QUEUED = "max-queued";
    private static final String MAX_QUEUED_BYTES = "max-queued-bytes";
    private static final String MAX_WAIT = "max-wait";
    private static final String LOOK_AGAIN = "look-again";
    private static final String SHORT_FIRST = "short-first";

    private static final List<SettingSpec> POSITIVE = List.of(
            Specs.duration(WORK, "1s", "prefill that a pod may have before it and still gets a prompt"),
            Specs.duration(PATIENCE, "6s",
                    "how long a request waits for such a pod; then it takes one with more, by what it waited longer"),
            Specs.integer(MAX_QUEUED, 1024, "requests that may wait for a model"),
            Specs.integer(MAX_QUEUED_BYTES, 67_108_864, "bytes of their bodies"),
            Specs.duration(MAX_WAIT, "60s", "how long a request may wait; never longer than routing.queue-deadline"),
            Specs.duration(LOOK_AGAIN, "50ms",
                    "how often a queue looks for what nobody tells: progress of pods, health, other replicas"));

    static final List<SettingSpec> SPECS = Stream.of(PredictedCosts.SPECS, POSITIVE, List.of(
            Specs.decimal(SHORT_FIRST, 1,
                    "how much later a request goes for each second of prefill that it takes; 0 for first come, first "
                            + "served")))
            .flatMap(List::stream).toList();

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException where some of them cannot hold; names all of those
     */
    static HeldSettings of(RouterEnvironment environment) {
        List<String> errors = new ArrayList<>();
        for (SettingSpec spec : POSITIVE) {
            long value = environment.integer(spec.name());
            if (value <= 0) {
                errors.add(spec.name() + ": " + value + " (expected: more than 0)");
            }
        }
        double shortFirst = environment.decimal(SHORT_FIRST);
        if (shortFirst < 0) {
            errors.add(SHORT_FIRST + ": " + shortFirst + " (expected: 0 or more)");
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", errors));
        }
        return new HeldSettings(environment.integer(WORK), environment.integer(PATIENCE),
                environment.integer(MAX_QUEUED), environment.integer(MAX_QUEUED_BYTES), environment.integer(MAX_WAIT),
                environment.integer(LOOK_AGAIN), shortFirst);
    }
}
