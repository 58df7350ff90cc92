package dev.penstock.testkit;

import dev.penstock.core.port.Forecasts;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.spi.GpuProfile;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What routers can know of requests beforehand, as a test says: GPU profiles, and lengths of answers. Any thread. */
public final class FakeForecasts {

    private final Map<String, GpuProfile> profiles = new ConcurrentHashMap<>();
    private final Map<String, Long> lengths = new ConcurrentHashMap<>();
    private final Forecasts forecasts = new Forecasts(this::predict, new Profiles());

    /** No profile, and nothing known of answers; that of a shard is {@link TestShard#forecasts}. */
    FakeForecasts() {}

    /**
     * Puts a profile in the place of that of its model and group.
     *
     * @return this
     */
    public FakeForecasts profile(GpuProfile profile) {
        profiles.put(key(profile.model(), profile.group()), profile);
        return this;
    }

    /**
     * Forgets the profile of a model and a group.
     *
     * @return this
     */
    public FakeForecasts noProfile(String model, String group) {
        profiles.remove(key(model, group));
        return this;
    }

    /**
     * Says how long each answer of a model will be predicted to be.
     *
     * @param tokens its length; 1 at first
     * @return this
     */
    public FakeForecasts outputTokens(String model, long tokens) {
        lengths.put(model, tokens);
        return this;
    }

    /** The side that an engine sees. */
    Forecasts forecasts() {
        return forecasts;
    }

    private long predict(String model, long promptTokens, RandomGenerator random) {
        return lengths.getOrDefault(model, 1L);
    }

    private static String key(String model, String group) {
        return model + "\n" + group;
    }

    private final class Profiles implements GpuProfiles {

        @Override
        public @Nullable GpuProfile find(String model, String group) {
            return profiles.get(key(model, group));
        }

        @Override
        public boolean tellLoadOf(String group) {
            return profiles.values().stream().anyMatch(profile -> profile.group().equals(group)
                    && profile.tellsConsumption());
        }
    }
}
