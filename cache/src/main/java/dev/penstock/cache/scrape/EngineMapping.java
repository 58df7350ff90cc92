package dev.penstock.cache.scrape;

import dev.penstock.spi.Gauge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is looked at on the metrics page of an engine, and which gauges come out of it. Immutable; any thread. The
 * tables are in {@link EngineMappings}.
 */
final class EngineMapping {

    private final String engine;
    private final String path;
    private final List<Family> families;
    private final FamilyNames names;
    private final Map<Gauge, List<Derivation>> derivations;
    private final int cells;
    private final boolean[] cumulative;

    private EngineMapping(Builder from) {
        engine = from.engine;
        path = from.path;
        families = List.copyOf(from.families.values());
        names = new FamilyNames(families);
        EnumMap<Gauge, List<Derivation>> copied = new EnumMap<>(Gauge.class);
        from.derivations.forEach((gauge, ways) -> copied.put(gauge, List.copyOf(ways)));
        derivations = copied;
        cells = from.cells;
        cumulative = new boolean[cells];
        for (Family family : families) {
            Arrays.fill(cumulative, family.cell(), family.cell() + family.cells(), family.cumulative());
        }
    }

    /** Begins a mapping. */
    static Builder of(String engine, String path) {
        return new Builder(engine, path);
    }

    /** The engine, as pods name it. */
    String engine() {
        return engine;
    }

    /** Path of the page. */
    String path() {
        return path;
    }

    /** The families that are looked at. */
    List<Family> families() {
        return families;
    }

    /** The families by the names of their series. */
    FamilyNames names() {
        return names;
    }

    /** The gauges, and for each the ways to it: the first that gives a number holds. */
    Map<Gauge, List<Derivation>> derivations() {
        return derivations;
    }

    /** How many numbers are kept of a page. */
    int cells() {
        return cells;
    }

    /** Whether a cell only grows while the engine lives. */
    boolean cumulative(int cell) {
        return cumulative[cell];
    }

    /** Describes a mapping. A gauge that is named again has a further way, for engines that lack the first. */
    static final class Builder {

        private final String engine;
        private final String path;
        private final Map<String, Family> families = new LinkedHashMap<>();
        private final Map<Gauge, List<Derivation>> derivations = new LinkedHashMap<>();
        private int cells;

        private Builder(String engine, String path) {
            this.engine = engine;
            this.path = path;
        }

        /** A gauge of the engine that adds up over its series. */
        Builder sum(Gauge gauge, String family) {
            return way(gauge, new Derivation.Value(family(family, Family.Kind.SUM).cell(), family));
        }

        /** A gauge of the engine that is averaged over its series. */
        Builder mean(Gauge gauge, String family) {
            Family from = family(family, Family.Kind.MEAN);
            return way(gauge, new Derivation.Average(from.sum(), from.count(), family));
        }

        /** Growth of a counter by second. */
        Builder rate(Gauge gauge, String counter) {
            return way(gauge, new Derivation.Rate(family(counter, Family.Kind.COUNTER).cell(), "rate of " + counter));
        }

        /** Growth of a counter by growth of another. */
        Builder ratio(Gauge gauge, String of, String by) {
            return way(gauge, new Derivation.Ratio(family(of, Family.Kind.COUNTER).cell(),
                    family(by, Family.Kind.COUNTER).cell(), of + " / " + by));
        }

        /** Mean of what a histogram has seen. */
        Builder average(Gauge gauge, String histogram) {
            Family from = family(histogram, Family.Kind.TIMES);
            return way(gauge, new Derivation.Ratio(from.sum(), from.count(), "mean of " + histogram));
        }

        /** Mean and percentiles of what a histogram has seen. */
        Builder histogram(Gauge mean, Gauge p50, Gauge p90, Gauge p99, String histogram) {
            Family from = family(histogram, Family.Kind.HISTOGRAM);
            way(mean, new Derivation.Ratio(from.sum(), from.count(), "mean of " + histogram));
            way(p50, new Derivation.Percentile(from.buckets(), 0.5, "p50 of " + histogram));
            way(p90, new Derivation.Percentile(from.buckets(), 0.9, "p90 of " + histogram));
            return way(p99, new Derivation.Percentile(from.buckets(), 0.99, "p99 of " + histogram));
        }

        /** Blocks, tokens in a block, and their product, out of two labels. */
        Builder blocks(String family, String blocks, String blockTokens) {
            Family from = family(family, Family.Kind.LABEL_NUMBERS, blocks, blockTokens);
            way(Gauge.KV_BLOCKS, new Derivation.Value(from.cell(), label(family, blocks)));
            // Ranks have the same block size each: the product adds up, the size does not.
            way(Gauge.KV_BLOCK_TOKENS, new Derivation.Average(from.last(), from.cell(), label(family, blockTokens)));
            return way(Gauge.KV_CAPACITY_TOKENS, new Derivation.Value(from.last(),
                    label(family, blocks) + " × " + blockTokens));
        }

        /** Adapters: a number in the first label, lists in the others. */
        Builder adapters(String family, String most, String running, String waiting) {
            Family from = family(family, Family.Kind.LABEL_LISTS, most, running, waiting);
            way(Gauge.MAX_LORA, new Derivation.Value(from.cell(), label(family, most)));
            way(Gauge.RUNNING_LORA, new Derivation.Value(from.cell() + 1, label(family, running)));
            return way(Gauge.WAITING_LORA, new Derivation.Value(from.cell() + 2, label(family, waiting)));
        }

        EngineMapping build() {
            return new EngineMapping(this);
        }

        private static String label(String family, String label) {
            return "label " + label + " of " + family;
        }

        private Builder way(Gauge gauge, Derivation derivation) {
            derivations.computeIfAbsent(gauge, any -> new ArrayList<>()).add(derivation);
            return this;
        }

        private Family family(String name, Family.Kind kind, String... labels) {
            Family known = families.get(name);
            if (known == null) {
                known = new Family(name, kind, List.of(labels), cells);
                cells += known.cells();
                families.put(name, known);
            }
            if (known.kind() != kind) {
                throw new IllegalStateException(name + " is mapped as " + known.kind() + " and as " + kind);
            }
            return known;
        }
    }
}
