package dev.penstock.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The models over which the requests for one name are split. Immutable; any thread.
 *
 * @param targets the models with their weights, in the order of their names; never empty
 * @param total sum of the weights, above 0
 */
public record TrafficSplit(List<Target> targets, int total) {

    /** The highest weight of one model. */
    public static final int MOST = 1_000_000;
    /** Most models of one split. */
    public static final int MOST_TARGETS = 1_000;

    /**
     * A model of a split.
     *
     * @param model its name
     * @param weight its share, of the sum of all weights
     */
    public record Target(String model, int weight) {}

    /** Copies the list. */
    public TrafficSplit {
        targets = List.copyOf(targets);
    }

    /**
     * A split by weights.
     *
     * @param weights by model; those with the weight 0 take no part
     * @throws IllegalArgumentException where none takes part, one is out of range, or there are too many
     */
    public static TrafficSplit of(Map<String, Integer> weights) {
        List<Target> targets = new ArrayList<>();
        int total = 0;
        for (Map.Entry<String, Integer> each : new TreeMap<>(weights).entrySet()) {
            int weight = each.getValue();
            if (weight < 0 || weight > MOST) {
                throw new IllegalArgumentException("weight of " + each.getKey() + ": " + weight
                        + " (expected: 0 to " + MOST + ")");
            }
            if (weight > 0) {
                targets.add(new Target(each.getKey(), weight));
                total += weight;
            }
        }
        if (targets.isEmpty() || weights.size() > MOST_TARGETS) {
            throw new IllegalArgumentException("weights: " + targets.size() + " of " + weights.size()
                    + " above 0 (expected: 1 to " + MOST_TARGETS + ")");
        }
        return new TrafficSplit(targets, total);
    }

    /**
     * The model of a request.
     *
     * @param point 0 to {@code total - 1}; evenly spread, it gives each model its share
     * @return name of the model
     * @throws IndexOutOfBoundsException for any other point
     */
    public String target(int point) {
        int left = point;
        for (int i = 0; left >= 0 && i < targets.size(); i++) {
            Target target = targets.get(i);
            if (left < target.weight()) {
                return target.model();
            }
            left -= target.weight();
        }
        throw new IndexOutOfBoundsException(point);
    }
}
