package dev.penstock.bench.jmh;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Which model a name means, as every request asks: in the index of a fleet, of which the next fleet shares all but what
 * changed, and in maps of the JDK, which would be copied whole. The names are strings of their own, as those of
 * requests are, whose hash nobody knows yet.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookUpBenchmark {

    private static final int ASKED = 512;

    /** The same models in all forms. */
    @State(Scope.Benchmark)
    public static class Models {
        /** How many there are. */
        @Param({"10", "2200"})
        public int models;

        private final Random random = new Random(3);
        private ModelIndex index = ModelIndex.EMPTY;
        private final Map<String, Model> hash = new HashMap<>();
        private final Map<String, Model> tree = new TreeMap<>();
        private final List<byte[]> asked = new ArrayList<>();

        /** Makes them. */
        @Setup
        public void make() {
            List<Model> all = new ArrayList<>();
            for (int i = 0; i < models; i++) {
                String name = "organization/model-" + i;
                all.add(new Model(name, name, EndpointList.EMPTY, EndpointList.EMPTY, 0, null, null));
            }
            Collections.shuffle(all, random);
            index = ModelIndex.of(all);
            all.forEach(model -> hash.put(model.name(), model));
            tree.putAll(hash);
            for (int i = 0; i < ASKED; i++) {
                asked.add(all.get(random.nextInt(models)).name().getBytes(StandardCharsets.ISO_8859_1));
            }
        }

        // Another string each time: it keeps its hash.
        private String name(int i) {
            return new String(asked.get(i), StandardCharsets.ISO_8859_1);
        }
    }

    /** The index of a fleet. */
    @Benchmark
    @OperationsPerInvocation(ASKED)
    @Yardstick("LookUpBenchmark.hashMap")
    public void index(Models models, Blackhole taken) {
        for (int i = 0; i < ASKED; i++) {
            taken.consume(models.index.get(models.name(i)));
        }
    }

    /** A hash map. */
    @Benchmark
    @OperationsPerInvocation(ASKED)
    public void hashMap(Models models, Blackhole taken) {
        for (int i = 0; i < ASKED; i++) {
            taken.consume(models.hash.get(models.name(i)));
        }
    }

    /** A sorted map. */
    @Benchmark
    @OperationsPerInvocation(ASKED)
    @Yardstick("LookUpBenchmark.hashMap")
    public void treeMap(Models models, Blackhole taken) {
        for (int i = 0; i < ASKED; i++) {
            taken.consume(models.tree.get(models.name(i)));
        }
    }
}
