package dev.penstock.cache.snapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives each model its shard. Confined to {@code lb-cache}.
 *
 * <p>Models that share a pod, directly or through others, are in one shard, because only one shard chooses for a pod.
 * A model keeps its shard as long as that allows: where models come together, the shard that most of them have holds,
 * of equals the lower one. What is new goes, in the order of names, to the shard that has the fewest models.
 *
 * <p>What is looked at is what changed: pods with the same models count as one, and a model is followed to those that
 * it shares pods with only where they are in several shards, or all new.
 */
final class ShardAssignment {

    private static final Comparator<Set<String>> BY_FIRST_NAME = Comparator.comparing(Collections::min);

    /** Models that pods serve together, and how many pods do. */
    private static final class Company {
        final Set<String> models;
        int pods;

        Company(Set<String> models) {
            this.models = models;
        }
    }

    private final int shards;
    private final int[] load;
    private final Map<Set<String>, Company> companies = new HashMap<>();
    private final Map<String, Set<Company>> byModel = new HashMap<>();
    private final Map<String, Integer> assigned = new HashMap<>();
    private final Set<Set<String>> fresh = new LinkedHashSet<>();

    ShardAssignment(int shards) {
        this.shards = shards;
        this.load = new int[shards];
    }

    /** The shard of a model; that of an unknown one is the first. */
    int of(String model) {
        return assigned.getOrDefault(model, 0);
    }

    /**
     * A pod serves other models now.
     *
     * @param before those that it served; empty where it has come
     * @param after those that it serves; empty where it has left
     */
    void change(Set<String> before, Set<String> after) {
        if (shards > 1 && !before.equals(after)) {
            // In this order: a model that stays is not forgotten on the way.
            join(after);
            leave(before);
        }
    }

    private void join(Set<String> models) {
        if (models.isEmpty()) {
            return;
        }
        Company company = companies.get(models);
        if (company == null) {
            company = new Company(models);
            companies.put(models, company);
            for (String model : models) {
                byModel.computeIfAbsent(model, name -> new HashSet<>()).add(company);
            }
            fresh.add(models);
        }
        company.pods++;
    }

    private void leave(Set<String> models) {
        Company company = companies.get(models);
        if (company == null || --company.pods > 0) {
            return;
        }
        companies.remove(models);
        fresh.remove(models);
        for (String model : models) {
            Set<Company> all = byModel.getOrDefault(model, Set.of());
            all.remove(company);
            if (all.isEmpty()) {
                byModel.remove(model);
                Integer shard = assigned.remove(model);
                if (shard != null) {
                    load[shard]--;
                }
            }
        }
    }

    /**
     * Assigns what has changed.
     *
     * @return models that have another shard now
     */
    Set<String> settle() {
        if (fresh.isEmpty()) {
            return Set.of();
        }
        List<Set<String>> ordered = new ArrayList<>(fresh);
        ordered.sort(BY_FIRST_NAME);
        fresh.clear();
        Set<String> moved = new HashSet<>();
        Set<String> met = new HashSet<>();
        List<Set<String>> allNew = new ArrayList<>();
        for (Set<String> models : ordered) {
            Integer shard = common(models);
            if (shard != null) {
                assign(models, shard, moved);
            } else if (!met.containsAll(models)) {
                Set<String> component = component(models);
                met.addAll(component);
                int most = most(component);
                if (most >= 0) {
                    assign(component, most, moved);
                } else {
                    allNew.add(component);
                }
            }
        }
        // Last: which shard has the fewest models is known when those that keep theirs are counted.
        allNew.forEach(component -> assign(component, lowest(), moved));
        return moved;
    }

    /** The only shard that any of some models has; null where there is none, or are several. */
    private @Nullable Integer common(Set<String> models) {
        Integer common = null;
        for (String model : models) {
            Integer shard = assigned.get(model);
            if (shard != null) {
                if (common != null && !common.equals(shard)) {
                    return null;
                }
                common = shard;
            }
        }
        return common;
    }

    private void assign(Set<String> models, int shard, Set<String> moved) {
        for (String model : models) {
            Integer before = assigned.put(model, shard);
            if (before == null || before != shard) {
                load[shard]++;
                if (before != null) {
                    load[before]--;
                }
                moved.add(model);
            }
        }
    }

    /** All models that share pods with some, directly or through others, and those themselves. */
    private Set<String> component(Set<String> models) {
        Set<String> all = new LinkedHashSet<>(models);
        ArrayDeque<String> next = new ArrayDeque<>(models);
        while (!next.isEmpty()) {
            for (Company company : byModel.getOrDefault(next.remove(), Set.of())) {
                for (String model : company.models) {
                    if (all.add(model)) {
                        next.add(model);
                    }
                }
            }
        }
        return all;
    }

    private int most(Set<String> models) {
        int[] votes = new int[shards];
        for (String model : models) {
            Integer shard = assigned.get(model);
            if (shard != null) {
                votes[shard]++;
            }
        }
        int most = Arrays.stream(votes).max().orElse(0);
        return most == 0 ? -1 : first(votes, most);
    }

    private int lowest() {
        return first(load, Arrays.stream(load).min().orElse(0));
    }

    private static int first(int[] values, int wanted) {
        int at = 0;
        while (values[at] != wanted) {
            at++;
        }
        return at;
    }
}
