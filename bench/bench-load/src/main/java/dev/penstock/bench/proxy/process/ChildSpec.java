package dev.penstock.bench.proxy.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process to start.
 *
 * @param name what messages call it, and what its output files are named after
 * @param command program and arguments, pinned already
 * @param directory its working directory
 * @param environment variables added to the benchmark's own
 * @param piped whether its standard input and output are read and written by the benchmark instead of files
 */
public record ChildSpec(
        String name, List<String> command, Path directory, Map<String, String> environment, boolean piped) {
    /** Copies what is mutable. */
    public ChildSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** A process without variables of its own and with its output in files. */
    public static ChildSpec of(String name, List<String> command, Path directory) {
        return new ChildSpec(name, command, directory, Map.of(), false);
    }
}
