package dev.penstock.core.engine;

import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints may be chosen for a request, beyond being ready and well. Immutable; any thread.
 *
 * @param labels those whose labels it matches, or null for all
 * @param mostInFlight those with fewer requests in flight; 0 for any number
 */
public record CandidateRules(@Nullable LabelSelector labels, int mostInFlight) {

    /** The rules for a filter and a limit, either of which may be none; null where both are. */
    public static @Nullable CandidateRules of(@Nullable LabelSelector labels, int mostInFlight) {
        return labels == null && mostInFlight <= 0 ? null : new CandidateRules(labels, mostInFlight);
    }

    /** Whether the labels of an endpoint are as they should be. */
    public boolean wants(PodView endpoint) {
        return labels == null || labels.matches(endpoint.labels());
    }
}
