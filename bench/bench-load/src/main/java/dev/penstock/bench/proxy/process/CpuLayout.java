package dev.penstock.bench.proxy.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which core carries the proxy and which one the load and the engines.
 *
 * @param proxyCpu the core of the proxy under test
 * @param loadCpu the core of the engines and of the load generator
 * @param taskset the program that pins, or null where there is none and nothing is pinned
 */
public record CpuLayout(int proxyCpu, int loadCpu, @Nullable Path taskset) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";

    /**
     * The first CPU this process may use for the proxy, the second for the rest.
     *
     * @throws BenchException if {@code /proc} cannot be read
     */
    public static CpuLayout detect() {
        List<Integer> allowed = allowedCpus();
        int proxy = allowed.getFirst();
        int load = allowed.size() > 1 ? allowed.get(1) : proxy;
        return new CpuLayout(proxy, load, Programs.find("taskset"));
    }

    /** Whether the proxy has a core that nothing else of the benchmark uses. */
    public boolean separated() {
        return taskset != null && proxyCpu != loadCpu;
    }

    /** {@code command} confined to the proxy's core. */
    public List<String> onProxyCpu(List<String> command) {
        return pinned(proxyCpu, command);
    }

    /** {@code command} confined to the core of load and engines. */
    public List<String> onLoadCpu(List<String> command) {
        return pinned(loadCpu, command);
    }

    /** The command that moves every thread of process {@code pid} to the core of the load; empty if unpinned. */
    public List<String> moveToLoadCpu(long pid) {
        return taskset == null
                ? List.of()
                : List.of(taskset.toString(), "-a", "-p", "-c", Integer.toString(loadCpu), Long.toString(pid));
    }

    private List<String> pinned(int cpu, List<String> command) {
        if (taskset == null) {
            return List.copyOf(command);
        }
        List<String> pinned = new ArrayList<>(command.size() + 3);
        pinned.add(taskset.toString());
        pinned.add("-c");
        pinned.add(Integer.toString(cpu));
        pinned.addAll(command);
        return List.copyOf(pinned);
    }

    private static List<Integer> allowedCpus() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(ALLOWED)) {
                    return CpuList.parse(line.substring(ALLOWED.length()));
                }
            }
        } catch (IOException e) {
            throw new BenchException("cannot read " + STATUS + ": the benchmark needs Linux", e);
        }
        throw new BenchException(STATUS + " names no allowed CPUs: the benchmark needs Linux");
    }
}
