package dev.penstock.core.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Models by name. Immutable; any thread may read it. The next index shares all bins in which nothing changed, so that a
 * change costs one array of references and a handful of small ones, however many models there are; a look-up costs
 * about as much as in a hash map.
 */
public final class ModelIndex {

    /** No models. */
    public static final ModelIndex EMPTY = of(List.of());

    private static final int MOST_BINS = 1 << 20;

    private final Model[][] bins;
    private final int size;

    private ModelIndex(Model[][] bins, int size) {
        this.bins = bins;
        this.size = size;
    }

    /**
     * An index of some models.
     *
     * @throws IllegalArgumentException where two have the same name
     */
    public static ModelIndex of(Collection<? extends Model> models) {
        Model[][] bins = new Model[binsFor(models.size())][];
        Arrays.fill(bins, new Model[0]);
        for (Model model : models) {
            int bin = bin(model.name(), bins.length);
            Model[] there = bins[bin];
            if (position(there, model.name()) >= 0) {
                throw new IllegalArgumentException("model: " + model.name() + " (expected: each name once)");
            }
            bins[bin] = with(there, model);
        }
        return new ModelIndex(bins, models.size());
    }

    /** The model of a name, or null where there is none. */
    public @Nullable Model get(String name) {
        for (Model model : bins[bin(name, bins.length)]) {
            if (model.name().equals(name)) {
                return model;
            }
        }
        return null;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** All models in the order of their names; made anew at each call. */
    public List<Model> inOrder() {
        Model[] all = new Model[size];
        int count = 0;
        for (Model[] bin : bins) {
            for (Model model : bin) {
                all[count++] = model;
            }
        }
        Arrays.sort(all, Comparator.comparing(Model::name));
        return List.of(all);
    }

    /**
     * The index after some changes.
     *
     * @param changes by name, the model as it is now, or null where it is gone
     */
    public ModelIndex with(Map<String, @Nullable Model> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Model[][] next = bins.clone();
        int count = size;
        for (Map.Entry<String, @Nullable Model> change : changes.entrySet()) {
            int bin = bin(change.getKey(), next.length);
            Model[] before = next[bin];
            Model model = change.getValue();
            Model[] after = model == null ? without(before, change.getKey()) : with(before, model);
            next[bin] = after;
            count += after.length - before.length;
        }
        // Shrinks late, so that a fleet at the edge is not spread anew with each model that comes and goes.
        if (binsFor(count) > next.length || binsFor(count) * 4 < next.length) {
            return of(new ModelIndex(next, count).inOrder());
        }
        return new ModelIndex(next, count);
    }

    private static Model[] with(Model[] bin, Model model) {
        int at = position(bin, model.name());
        Model[] next = Arrays.copyOf(bin, at < 0 ? bin.length + 1 : bin.length);
        next[at < 0 ? bin.length : at] = model;
        return next;
    }

    private static Model[] without(Model[] bin, String name) {
        int at = position(bin, name);
        if (at < 0) {
            return bin;
        }
        List<Model> left = new ArrayList<>(Arrays.asList(bin));
        left.remove(at);
        return left.toArray(new Model[0]);
    }

    private static int position(Model[] bin, String name) {
        for (int i = 0; i < bin.length; i++) {
            if (bin[i].name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static int bin(String name, int bins) {
        int hash = name.hashCode();
        return (hash ^ hash >>> 16) & bins - 1;
    }

    /** A power of two, with one model in a bin on average or less. */
    private static int binsFor(int models) {
        int wanted = Math.min(Math.max(models, 1), MOST_BINS);
        int highest = Integer.highestOneBit(wanted);
        return highest == wanted ? wanted : highest * 2;
    }
}
