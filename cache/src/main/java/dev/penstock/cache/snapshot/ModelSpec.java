package dev.penstock.cache.snapshot;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a source says of a model beyond the pods that serve it. A model is there as long as a pod serves it.
 *
 * @param name the name that its pods list
 * @param aliases further names that clients may send; the body of a request is forwarded as it is, so the engines must
 *     know them too
 * @param strategy the strategy for requests that name none, or null for the one of the process
 * @param lockedStrategy the strategy that holds whatever clients ask for, or null
 */
public record ModelSpec(String name, Set<String> aliases, @Nullable String strategy, @Nullable String lockedStrategy) {

    /** Copies the collection. */
    public ModelSpec {
        aliases = Set.copyOf(aliases);
    }
}
