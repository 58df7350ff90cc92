package dev.penstock.routers.slo;

import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.SettingSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of a strategy of this family; each strategy has its own.
 *
 * @param maxQueued how many requests may wait for a model
 * @param maxQueuedBytes bytes that the proxy may hold for them
 * @param maxWaitNanos how long a request may wait
 * @param caps what an endpoint may have
 * @param shedLate whether a request that will be late is answered with an error
 * @param maxPriority the highest priority that is heeded
 * @param reserved share of a group that is kept for each class, by its number
 * @param lookAgainNanos how often a queue looks by itself whether there is room
 */
record SloSettings(int maxQueued, long maxQueuedBytes, long maxWaitNanos, Caps caps, boolean shedLate,
        long maxPriority, List<Double> reserved, long lookAgainNanos) {

    static final String MAX_QUEUED = "max-queued";
    static final String MAX_QUEUED_BYTES = "max-queued-bytes";
    static final String MAX_WAIT = "max-wait";
    static final String CAP = "cap";
    static final String MAX_IN_FLIGHT = "max-in-flight";
    static final String SHED_LATE = "shed-late";
    static final String MAX_PRIORITY = "max-priority";
    static final String LOOK_AGAIN = "look-again";

    static final List<SettingSpec> SPECS = specs();

    /**
     * What an endpoint may have.
     *
     * @param load of measured ones, in shares of what they carry
     * @param inFlight of others, in requests
     */
    record Caps(double load, double inFlight) {}

    private static List<SettingSpec> specs() {
        List<SettingSpec> specs = new ArrayList<>(List.of(
                new SettingSpec(MAX_QUEUED, SettingSpec.Type.INTEGER, "1024", "requests that may wait for a model"),
                new SettingSpec(MAX_QUEUED_BYTES, SettingSpec.Type.INTEGER, "67108864",
                        "bytes of their bodies"),
                new SettingSpec(MAX_WAIT, SettingSpec.Type.DURATION, "60s",
                        "how long a request may wait; never longer than routing.queue-deadline"),
                new SettingSpec(CAP, SettingSpec.Type.DECIMAL, "1.0",
                        "load that an endpoint may have, in shares of what its GPU profile says it carries"),
                new SettingSpec(MAX_IN_FLIGHT, SettingSpec.Type.INTEGER, "100",
                        "requests that an endpoint may have where no GPU profile tells what it carries"),
                new SettingSpec(SHED_LATE, SettingSpec.Type.BOOLEAN, "false",
                        "whether a request that cannot keep the targets of any profile is refused instead of late"),
                new SettingSpec(MAX_PRIORITY, SettingSpec.Type.INTEGER, "1",
                        "the highest priority that clients may ask for: 2 system, 1 interactive, 0 default, -1 bulk"),
                new SettingSpec(LOOK_AGAIN, SettingSpec.Type.DURATION, "50ms",
                        "how often a queue looks for what nobody tells: profiles, health, load of other replicas")));
        for (int i = 0; i < PriorityClass.COUNT; i++) {
            specs.add(new SettingSpec(PriorityClass.at(i).reservedSetting(), SettingSpec.Type.DECIMAL, "0.0",
                    "share of what each group carries that other classes leave free"));
        }
        return List.copyOf(specs);
    }

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException where a value cannot be
     */
    static SloSettings of(RouterEnvironment environment) {
        List<Double> reserved = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < PriorityClass.COUNT; i++) {
            String name = PriorityClass.at(i).reservedSetting();
            double share = environment.decimal(name);
            check(name, share, share >= 0, "not negative");
            reserved.add(share);
            sum += share;
        }
        check("sum of the reserved shares", sum, sum <= 1, "at most 1");
        return new SloSettings(
                (int) Math.min(Integer.MAX_VALUE, positive(environment, MAX_QUEUED)),
                positive(environment, MAX_QUEUED_BYTES), positive(environment, MAX_WAIT),
                new Caps(positive(CAP, environment.decimal(CAP)), positive(environment, MAX_IN_FLIGHT)),
                environment.flag(SHED_LATE), environment.integer(MAX_PRIORITY), List.copyOf(reserved),
                positive(environment, LOOK_AGAIN));
    }

    private static long positive(RouterEnvironment environment, String name) {
        long value = environment.integer(name);
        check(name, value, value > 0, "more than 0");
        return value;
    }

    private static double positive(String name, double value) {
        check(name, value, value > 0, "more than 0");
        return value;
    }

    private static void check(String name, Object value, boolean right, String expected) {
        if (!right) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
