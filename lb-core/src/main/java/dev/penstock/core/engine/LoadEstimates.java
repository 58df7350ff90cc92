package dev.penstock.core.engine;

import dev.penstock.core.port.Figures;
import dev.penstock.core.port.Forecasts;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a request will take of the endpoint that it goes to, as far as can be told beforehand. Confined to the thread
 * that holds the shard.
 */
final class LoadEstimates {

    /** Most endpoints that one request takes, whatever a profile says: sums stay far from what a long holds. */
    private static final double MOST = 1_000;

    private final SnapshotSource snapshots;
    private final Forecasts forecasts;
    // Of its own: how often somebody asks must not change what routers draw.
    private final RandomGenerator random;

    LoadEstimates(SnapshotSource snapshots, Forecasts forecasts, RandomGenerator random) {
        this.snapshots = snapshots;
        this.forecasts = forecasts;
        this.random = random;
    }

    long outputTokens(String model, long promptTokens) {
        return forecasts.outputs().predict(model, promptTokens, random);
    }

    /** The profile of a model, or of its base model, on the pods of a group. */
    @Nullable GpuProfile profile(String model, String group) {
        GpuProfiles profiles = forecasts.profiles();
        GpuProfile own = profiles.find(model, group);
        if (own != null) {
            return own;
        }
        ModelView view = snapshots.current().model(model);
        return view == null || view.baseModel().equals(model) ? null : profiles.find(view.baseModel(), group);
    }

    /** The share of an endpoint that a request will take, in {@link Figures#LOAD_UNIT}; 0 where that is not known. */
    long load(RoutingAttempt attempt, PodView endpoint) {
        GpuProfile profile = consuming(attempt, endpoint);
        return profile == null ? 0
                : rounded(profile.consumption(attempt.predictedOutputTokens(), attempt.promptTokens()));
    }

    /** The same where the endpoint computes the prompt alone, and one token. */
    long prefillLoad(RoutingAttempt attempt, PodView endpoint) {
        GpuProfile profile = consuming(attempt, endpoint);
        return profile == null ? 0 : rounded(profile.consumption(1, attempt.promptTokens()));
    }

    private @Nullable GpuProfile consuming(RoutingAttempt attempt, PodView endpoint) {
        if (!forecasts.profiles().tellLoadOf(endpoint.group())) {
            return null;
        }
        GpuProfile profile = profile(attempt.request().model(), endpoint.group());
        return profile != null && profile.tellsConsumption() ? profile : null;
    }

    private static long rounded(double share) {
        return Double.isFinite(share) ? Math.round(Math.min(share, MOST) * Figures.LOAD_UNIT) : Figures.LOAD_UNIT;
    }
}
