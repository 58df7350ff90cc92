package dev.penstock.bench.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks, always with their yardsticks and with the bytes that they allocate. */
final class MicroBench {
    private static final List<Class<?>> ALL = List.of(PickBenchmark.class, SnapshotBenchmark.class,
            MailboxBenchmark.class, BodyBenchmark.class, TraceBenchmark.class,
            AdmissionBenchmark.class, LookUpBenchmark.class, PrefixBenchmark.class);
    /** As the distribution starts the server. */
    private static final List<String> JVM = List.of("-Xmx512m", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private MicroBench() {
    }

    /** Names of all benchmarks, {@code Class.method}. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Class<?> type : ALL) {
            for (var method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Benchmark.class)) {
                    names.add(type.getSimpleName() + "." + method.getName());
                }
            }
        }
        return names.stream().sorted().toList();
    }

    /** The yardstick of a benchmark, or an empty text. */
    static String yardstick(String name) {
        for (Class<?> type : ALL) {
            for (var method : type.getDeclaredMethods()) {
                Yardstick yardstick = method.getAnnotation(Yardstick.class);
                if (yardstick != null && name.equals(type.getSimpleName() + "." + method.getName())) {
                    return yardstick.value();
                }
            }
        }
        return "";
    }

    /**
     * Runs those whose name contains one of some texts, and their yardsticks.
     *
     * @param wanted parts of names; empty for all
     * @return the results, in the order of their names
     * @throws IllegalArgumentException where nothing has such a name
     * @throws RunnerException where one of them fails
     */
    static Collection<RunResult> run(List<String> wanted, Effort effort) throws RunnerException {
        Set<String> chosen = new LinkedHashSet<>();
        for (String name : names()) {
            if (wanted.isEmpty() || wanted.stream().anyMatch(name::contains)) {
                chosen.add(name);
                String yardstick = yardstick(name);
                if (!yardstick.isEmpty()) {
                    chosen.add(yardstick);
                }
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no benchmark: " + String.join(", ", wanted) + " (expected: a part of "
                    + String.join(", ", names()) + ")");
        }
        ChainedOptionsBuilder options = new OptionsBuilder().addProfiler(GCProfiler.class).shouldFailOnError(true)
                .verbosity(effort == Effort.SMOKE ? VerboseMode.SILENT : VerboseMode.NORMAL).jvmArgs(jvm());
        chosen.forEach(name -> options.include("\\." + name.replace(".", "\\.") + "$"));
        effort.apply(options);
        return new Runner(options.build()).run();
    }

    private static String[] jvm() {
        List<String> arguments = new ArrayList<>(JVM);
        String home = System.getProperty(BenchStrategies.HOME);
        if (home != null) {
            arguments.add("-D" + BenchStrategies.HOME + "=" + home);
        }
        return arguments.toArray(String[]::new);
    }
}
