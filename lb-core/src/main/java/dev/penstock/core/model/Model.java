package dev.penstock.core.model;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model. See {@link ModelView} for the meaning of the parts that routers see.
 *
 * @param name the name that clients send
 * @param baseModel name of the base model
 * @param endpoints all endpoints
 * @param ready those that can take a request
 * @param shard number of its shard
 * @param lockedStrategy the strategy that holds whatever clients ask for, or null
 * @param strategy the strategy for requests that name none, or null
 * @param split over which models its requests are split, before anything else is decided; null where they are not. All
 *     of them are in the same fleet, and none of them is to be split again; the model itself may be one of them
 * @param profiles what is configured of its requests, or null
 * @param claims what pods claim of it, by namespace and name of the pod; empty where it is no model of a pool
 */
public record Model(String name, String baseModel, Candidates endpoints, Candidates ready, int shard,
        @Nullable String lockedStrategy, @Nullable String strategy, @Nullable TrafficSplit split,
        @Nullable ConfigProfiles profiles, List<ClaimedPod> claims) implements ModelView {

    /** Copies the list. */
    public Model {
        claims = List.copyOf(claims);
    }

    /** A model that is not split, of whose requests nothing is configured, and that no pod claims. */
    public Model(String name, String baseModel, Candidates endpoints, Candidates ready, int shard,
            @Nullable String lockedStrategy, @Nullable String strategy) {
        this(name, baseModel, endpoints, ready, shard, lockedStrategy, strategy, null, null, List.of());
    }

    /** How far the pod is that is farthest with a claim of this model; null where no pod claims it. */
    public ModelClaim.@Nullable State claimState() {
        ModelClaim.State best = null;
        for (ClaimedPod each : claims) {
            ModelClaim.State state = each.claim().state();
            if (best == null || state.compareTo(best) < 0) {
                best = state;
            }
        }
        return best;
    }
}
