package dev.penstock.cache.gpu;

import dev.penstock.core.port.GpuProfiles;
import dev.penstock.spi.GpuProfile;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The GPU profiles of all sources: of each model and group the newest one, whichever source has it. Any thread; what is
 * read is immutable, and published whole.
 */
public final class GpuProfileStore implements GpuProfiles {

    /**
     * A profile that holds.
     *
     * @param source who told it
     * @param profile the profile
     */
    public record Known(String source, GpuProfile profile) {}

    /** All that was told, and what follows from it. */
    private record State(Map<String, List<GpuProfile>> told, Map<String, Map<String, Known>> byModel,
            Set<String> groups) {

        static final State EMPTY = new State(Map.of(), Map.of(), Set.of());

        State with(String source, List<GpuProfile> profiles) {
            Map<String, List<GpuProfile>> next = new LinkedHashMap<>(told);
            next.put(source, List.copyOf(profiles));
            Map<String, Map<String, Known>> byModel = new HashMap<>();
            Set<String> groups = new HashSet<>();
            next.forEach((who, theirs) -> theirs.forEach(profile -> byModel
                    .computeIfAbsent(profile.model(), any -> new HashMap<>())
                    .merge(profile.group(), new Known(who, profile), State::newer)));
            byModel.values().forEach(each -> each.values().forEach(known -> {
                if (known.profile().tellsConsumption()) {
                    groups.add(known.profile().group());
                }
            }));
            return new State(next, byModel, groups);
        }

        private static Known newer(Known before, Known other) {
            return other.profile().created() >= before.profile().created() ? other : before;
        }
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.EMPTY);

    /** Knows of no profile. */
    public GpuProfileStore() {}

    /**
     * A source tells all profiles that it has, in the place of what it told before.
     *
     * @param source its name
     * @param profiles its profiles; of two that are as new, the later one holds
     */
    public void replace(String source, List<GpuProfile> profiles) {
        state.updateAndGet(before -> before.with(source, profiles));
    }

    @Override
    public @Nullable GpuProfile find(String model, String group) {
        Map<String, Known> groups = now().byModel().get(model);
        Known known = groups == null ? null : groups.get(group);
        return known == null ? null : known.profile();
    }

    @Override
    public boolean tellLoadOf(String group) {
        return now().groups().contains(group);
    }

    private State now() {
        return Objects.requireNonNull(state.get());
    }

    /** The profiles that hold, ordered by model and group. */
    public List<Known> all() {
        return now().byModel().values().stream().flatMap(groups -> groups.values().stream())
                .sorted(Comparator.<Known, String>comparing(known -> known.profile().model())
                        .thenComparing(known -> known.profile().group()))
                .toList();
    }
}
