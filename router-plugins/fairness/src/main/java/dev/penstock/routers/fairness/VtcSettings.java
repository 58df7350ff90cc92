package dev.penstock.routers.fairness;

import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.SettingSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code vtc-basic} goes by.
 *
 * @param maxPodLoad requests at which a pod counts as fully loaded
 * @param tokens what tokens weigh
 * @param fairnessWeight weight of the distance between a pod and the user's place
 * @param utilizationWeight weight of a pod's load
 * @param window over which tokens are summed up
 * @param bounds what stands in for users, and how many of them are known
 */
record VtcSettings(double maxPodLoad, TokenWeights tokens, double fairnessWeight, double utilizationWeight,
        Window window, Bounds bounds) {

    private static final String MAX_POD_LOAD = "max-pod-load";
    private static final String INPUT_WEIGHT = "input-token-weight";
    private static final String OUTPUT_WEIGHT = "output-token-weight";
    private static final String FAIRNESS_WEIGHT = "fairness-weight";
    private static final String UTILIZATION_WEIGHT = "utilization-weight";
    private static final String TIME_UNIT = "time-unit";
    private static final String WINDOW_SIZE = "window-size";
    private static final String MIN_TOKENS = "min-tokens";
    private static final String MAX_TOKENS = "max-tokens";
    private static final String MAX_USERS = "max-users";
    private static final int MOST_UNITS = 1_000;

    static final List<SettingSpec> SPECS = List.of(
            new SettingSpec(MAX_POD_LOAD, SettingSpec.Type.DECIMAL, "100.0",
                    "requests at which a pod counts as fully loaded; more than 0"),
            new SettingSpec(INPUT_WEIGHT, SettingSpec.Type.DECIMAL, "1.0", "what a token of a prompt counts"),
            new SettingSpec(OUTPUT_WEIGHT, SettingSpec.Type.DECIMAL, "2.0", "what a token of an answer counts"),
            new SettingSpec(FAIRNESS_WEIGHT, SettingSpec.Type.DECIMAL, "1.0", "weight of the user's tokens"),
            new SettingSpec(UTILIZATION_WEIGHT, SettingSpec.Type.DECIMAL, "1.0", "weight of the load of a pod"),
            new SettingSpec(TIME_UNIT, SettingSpec.Type.TEXT, "minutes",
                    "unit of window-size: minutes, seconds or milliseconds"),
            new SettingSpec(WINDOW_SIZE, SettingSpec.Type.INTEGER, "5",
                    "units after which tokens are forgotten; 1 to " + MOST_UNITS),
            new SettingSpec(MIN_TOKENS, SettingSpec.Type.DECIMAL, "1000.0",
                    "tokens that one place in the order of pods stands for at least; 1 or more"),
            new SettingSpec(MAX_TOKENS, SettingSpec.Type.DECIMAL, "8000.0",
                    "tokens of the busiest user while nobody has any; min-tokens or more"),
            new SettingSpec(MAX_USERS, SettingSpec.Type.INTEGER, "10000",
                    "users of a model that are known at one time; then the one idle for longest is forgotten"));

    /**
     * What tokens weigh.
     *
     * @param input a token of a prompt
     * @param output a token of an answer
     */
    record TokenWeights(double input, double output) {

        double of(long inputTokens, long outputTokens) {
            return input * inputTokens + output * outputTokens;
        }
    }

    /**
     * The sliding window.
     *
     * @param unitNanos length of a unit
     * @param units how many there are
     */
    record Window(long unitNanos, int units) {}

    /**
     * Bounds of what is known of users.
     *
     * @param minTokens the fewest tokens of a user while nobody has any, and of a place
     * @param maxTokens the most tokens of a user while nobody has any
     * @param maxUsers users known at one time
     */
    record Bounds(double minTokens, double maxTokens, long maxUsers) {}

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException where some of them cannot hold; names all of those
     */
    static VtcSettings of(RouterEnvironment environment) {
        List<String> errors = new ArrayList<>();
        for (String weight : List.of(INPUT_WEIGHT, OUTPUT_WEIGHT, FAIRNESS_WEIGHT, UTILIZATION_WEIGHT)) {
            check(environment.decimal(weight) >= 0, weight, environment.decimal(weight), "0 or more", errors);
        }
        double maxPodLoad = environment.decimal(MAX_POD_LOAD);
        check(maxPodLoad > 0, MAX_POD_LOAD, maxPodLoad, "more than 0", errors);
        String unit = environment.text(TIME_UNIT);
        long unitNanos = switch (unit) {
            case "minutes" -> 60_000_000_000L;
            case "seconds" -> 1_000_000_000L;
            case "milliseconds" -> 1_000_000L;
            default -> 0;
        };
        check(unitNanos > 0, TIME_UNIT, unit, "minutes, seconds or milliseconds", errors);
        long units = environment.integer(WINDOW_SIZE);
        check(units >= 1 && units <= MOST_UNITS, WINDOW_SIZE, units, "1 to " + MOST_UNITS, errors);
        double minTokens = environment.decimal(MIN_TOKENS);
        check(minTokens >= 1, MIN_TOKENS, minTokens, "1 or more", errors);
        double maxTokens = environment.decimal(MAX_TOKENS);
        check(maxTokens >= minTokens, MAX_TOKENS, maxTokens, MIN_TOKENS + " or more", errors);
        long maxUsers = environment.integer(MAX_USERS);
        check(maxUsers >= 1, MAX_USERS, maxUsers, "1 or more", errors);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", errors));
        }
        return new VtcSettings(maxPodLoad,
                new TokenWeights(environment.decimal(INPUT_WEIGHT), environment.decimal(OUTPUT_WEIGHT)),
                environment.decimal(FAIRNESS_WEIGHT), environment.decimal(UTILIZATION_WEIGHT),
                new Window(unitNanos, (int) units), new Bounds(minTokens, maxTokens, maxUsers));
    }

    private static void check(boolean holds, String name, Object value, String expected, List<String> errors) {
        if (!holds) {
            errors.add(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
