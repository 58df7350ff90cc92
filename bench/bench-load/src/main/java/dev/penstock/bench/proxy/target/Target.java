package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.Lane;
import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Child;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something running that takes the load.
 *
 * @param kind what it is
 * @param entries where it takes the load, by the way it takes
 */
public record Target(ProxyKind kind, Map<Lane, Entry> entries) {
    /** Copies what is mutable. */
    public Target {
        entries = Map.copyOf(entries);
    }

    /**
     * One way in.
     *
     * @param port where to
     * @param process the process to be measured, or null for {@link ProxyKind#DIRECT}
     * @param adminPort where it tells of itself over HTTP, or zero
     */
    public record Entry(int port, @Nullable Child process, int adminPort) {
    }

    /** Whether it takes requests of {@code load}. */
    public boolean takes(LoadCase load) {
        return entries.containsKey(load.lane());
    }

    /** Where it takes requests of {@code load}. */
    public Entry entry(LoadCase load) {
        Entry entry = entries.get(load.lane());
        if (entry == null) {
            throw new BenchException(kind.id() + " does not take " + load.id());
        }
        return entry;
    }

    /** The process that takes most kinds of load, or null if there is none. */
    public @Nullable Child process() {
        return processes().stream().findFirst().orElse(null);
    }

    /** All of its processes; those that take plain HTTP first. */
    public Set<Child> processes() {
        Set<Child> processes = new LinkedHashSet<>();
        entries.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(Lane::wire)
                        .thenComparing(Lane::engines)))
                .forEach(entry -> {
                    Child process = entry.getValue().process();
                    if (process != null) {
                        processes.add(process);
                    }
                });
        return processes;
    }
}
