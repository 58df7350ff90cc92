package dev.penstock.cache.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Gives each model its shard. Confined to {@code lb-cache}.
 *
 * <p>Models that share a pod, directly or through others, are in one shard, because only one shard chooses for a pod.
 * A model keeps its shard as long as that allows: where models come together, the shard that most of them have holds,
 * of equals the lower one. What is new goes, in the order of names, to the shard that has the fewest models.
 */
final class ShardAssignment {

    private static final int NEW = -1;

    private final int shards;
    private Map<String, Integer> assigned = Map.of();

    ShardAssignment(int shards) {
        this.shards = shards;
    }

    /**
     * Assigns anew.
     *
     * @param models names of all models
     * @param pods for each pod the models that it serves
     * @return shard by model, for all models
     */
    Map<String, Integer> assign(SortedSet<String> models, Collection<? extends Collection<String>> pods) {
        Map<String, Integer> next = new HashMap<>();
        if (shards == 1) {
            models.forEach(model -> next.put(model, 0));
        } else {
            int[] load = new int[shards];
            List<List<String>> fresh = new ArrayList<>();
            for (List<String> component : components(models, pods)) {
                int shard = shardOf(component);
                if (shard == NEW) {
                    fresh.add(component);
                } else {
                    component.forEach(model -> next.put(model, shard));
                    load[shard] += component.size();
                }
            }
            for (List<String> component : fresh) {
                int shard = lowest(load);
                component.forEach(model -> next.put(model, shard));
                load[shard] += component.size();
            }
        }
        assigned = next;
        return next;
    }

    /** The models in groups that share no pod with each other; groups and models in the order of names. */
    private static List<List<String>> components(SortedSet<String> models,
            Collection<? extends Collection<String>> pods) {
        List<String> names = List.copyOf(models);
        Map<String, Integer> index = new HashMap<>();
        int[] parent = new int[names.size()];
        for (int i = 0; i < parent.length; i++) {
            index.put(names.get(i), i);
            parent[i] = i;
        }
        for (Collection<String> served : pods) {
            int first = NEW;
            for (String model : served) {
                Integer known = index.get(model);
                if (known != null) {
                    first = first == NEW ? root(parent, known) : join(parent, first, known);
                }
            }
        }
        Map<Integer, List<String>> components = new HashMap<>();
        List<List<String>> ordered = new ArrayList<>();
        for (int i = 0; i < parent.length; i++) {
            components.computeIfAbsent(root(parent, i), root -> {
                List<String> component = new ArrayList<>();
                ordered.add(component);
                return component;
            }).add(names.get(i));
        }
        return ordered;
    }

    private static int join(int[] parent, int a, int b) {
        int rootA = root(parent, a);
        int rootB = root(parent, b);
        int root = Math.min(rootA, rootB);
        parent[Math.max(rootA, rootB)] = root;
        return root;
    }

    private static int root(int[] parent, int node) {
        int root = node;
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }

    private int shardOf(List<String> component) {
        int[] votes = new int[shards];
        for (String model : component) {
            Integer shard = assigned.get(model);
            if (shard != null) {
                votes[shard]++;
            }
        }
        int best = NEW;
        for (int shard = 0; shard < shards; shard++) {
            if (votes[shard] > 0 && (best == NEW || votes[shard] > votes[best])) {
                best = shard;
            }
        }
        return best;
    }

    private static int lowest(int[] load) {
        int least = Arrays.stream(load).min().orElse(0);
        int shard = 0;
        while (load[shard] != least) {
            shard++;
        }
        return shard;
    }
}
