package dev.penstock.cache.snapshot;

import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.TrafficSplit;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a source says of a model beyond the pods that serve it. A model is there as long as a pod serves or claims it,
 * or as long as one of the models is there over which its requests are split.
 *
 * @param name the name that its pods list, or one that only splits its requests
 * @param aliases further names that clients may send; the body of a request is forwarded as it is, so the engines must
 *     know them too
 * @param strategy the strategy for requests that name none, or null for the one of the process; holds for its adapters,
 *     too, of which nothing is said
 * @param lockedStrategy the strategy that holds whatever clients ask for, or null; as above
 * @param split over which models its requests are split, with their weights, 0 to {@link TrafficSplit#MOST}; those that
 *     are not there take no part; empty where they are not split
 * @param profiles what is configured of its requests, or null for what its pods say
 */
public record ModelSpec(String name, Set<String> aliases, @Nullable String strategy, @Nullable String lockedStrategy,
        Map<String, Integer> split, @Nullable ConfigProfiles profiles) {

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException where a weight is out of range, or no model of a split has one above 0
     */
    public ModelSpec {
        aliases = Set.copyOf(aliases);
        split = Map.copyOf(split);
        if (!split.isEmpty()) {
            TrafficSplit.of(split);
        }
    }

    /** A model of whose requests nothing is configured. */
    public ModelSpec(String name, Set<String> aliases, @Nullable String strategy, @Nullable String lockedStrategy,
            Map<String, Integer> split) {
        this(name, aliases, strategy, lockedStrategy, split, null);
    }

    /** A model whose requests are not split. */
    public ModelSpec(String name, Set<String> aliases, @Nullable String strategy, @Nullable String lockedStrategy) {
        this(name, aliases, strategy, lockedStrategy, Map.of());
    }

    /** The same, and what is configured of its requests. */
    public ModelSpec withProfiles(@Nullable ConfigProfiles configured) {
        return new ModelSpec(name, aliases, strategy, lockedStrategy, split, configured);
    }
}
