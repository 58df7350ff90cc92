package dev.penstock.routers.fairness;

import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.SettingSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code fair-queue} goes by; all numbers are more than 0.
 *
 * @param maxQueued requests that may wait for a model
 * @param maxQueuedBytes bytes of their bodies
 * @param maxWaitNanos how long a request may wait
 * @param maxInFlight requests that an endpoint may have
 * @param quantum tokens of a turn
 * @param lookAgainNanos how often to look for what nobody tells
 */
record FairQueueSettings(long maxQueued, long maxQueuedBytes, long maxWaitNanos, long maxInFlight, long quantum,
        long lookAgainNanos) {

    static final List<SettingSpec> SPECS = List.of(
            new SettingSpec("max-queued", SettingSpec.Type.INTEGER, "1024", "requests that may wait for a model"),
            new SettingSpec("max-queued-bytes", SettingSpec.Type.INTEGER, "67108864", "bytes of their bodies"),
            new SettingSpec("max-wait", SettingSpec.Type.DURATION, "60s",
                    "how long a request may wait; never longer than routing.queue-deadline"),
            new SettingSpec("max-in-flight", SettingSpec.Type.INTEGER, "100",
                    "requests that an endpoint may have; others wait"),
            new SettingSpec("quantum", SettingSpec.Type.INTEGER, "2048",
                    "tokens, of prompt and answer, that a user may send before it is the next one's turn"),
            new SettingSpec("look-again", SettingSpec.Type.DURATION, "50ms",
                    "how often a queue looks for what nobody tells: health, requests of other replicas"));

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException where some of them cannot hold; names all of those
     */
    static FairQueueSettings of(RouterEnvironment environment) {
        List<String> errors = new ArrayList<>();
        for (SettingSpec spec : SPECS) {
            long value = environment.integer(spec.name());
            if (value <= 0) {
                errors.add(spec.name() + ": " + value + " (expected: more than 0)");
            }
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", errors));
        }
        return new FairQueueSettings(environment.integer("max-queued"), environment.integer("max-queued-bytes"),
                environment.integer("max-wait"), environment.integer("max-in-flight"),
                environment.integer("quantum"), environment.integer("look-again"));
    }
}
