package dev.penstock.cache.limits;

import dev.penstock.cache.limits.LimitSettings.Mode;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Puts the limits of users and models together as the settings want them. Holds no state. */
public final class Limits {

    private Limits() {}

    /**
     * Limits that nobody has used yet.
     *
     * @param redis where they are counted together with other processes; null for in this one alone
     * @param users who knows users
     * @param snapshots the fleet as it is
     */
    public static Admission of(LimitSettings settings, @Nullable Redis redis, UserSource users,
            SnapshotSource snapshots, NanoClock clock, Metrics metrics) {
        Mode mode = settings.mode(redis != null);
        boolean aibrix = settings.mode() == Mode.AIBRIX;
        SharedLimiter limiter = null;
        SharedModels models = null;
        if (redis != null && mode == Mode.AIBRIX) {
            limiter = new AibrixLimiter(redis, InstantSource.system());
            models = new AibrixModels(redis, InstantSource.system());
        } else if (redis != null && mode == Mode.REDIS) {
            limiter = new RedisLimiter(redis);
            models = new RedisModels(redis);
        }
        return Together.of(new UserAdmission(settings, new UserDirectory(settings, aibrix, users, clock), limiter,
                clock, metrics), new ModelAdmission(settings, models, snapshots, clock, metrics));
    }
}
