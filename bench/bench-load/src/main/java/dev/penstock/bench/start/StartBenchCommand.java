package dev.penstock.bench.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench start}: how long the content of an image takes until it answers. */
@Command(name = "start", mixinStandardHelpOptions = true,
        description = {
            "Measures the time from the start of the image's process to its first response, beside its Java machine's",
            "-version, in turn. ./penstock image does it with the image that it has just built."})
public final class StartBenchCommand implements Callable<Integer> {
    @Option(names = "--root", paramLabel = "DIR", required = true,
            description = "Where deploy/image/build.sh has put the image's files: it holds runtime and application.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private Path root;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "10", description = "Runs of each; ${DEFAULT-VALUE}.")
    private int runs;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path java = root.toAbsolutePath().resolve("runtime/opt/java/bin/java");
        Path home = root.toAbsolutePath().resolve("application/opt/penstock");
        if (runs < 1 || !Files.isExecutable(java) || !Files.isDirectory(home)) {
            spec.commandLine().getErr().println("penstock: " + root + " (expected: the files of an image; --runs 1 or"
                    + " more)");
            return spec.exitCodeOnInvalidInput();
        }
        Path folder = Files.createTempDirectory("penstock-start");
        try {
            spec.commandLine().getOut().println(new StartBench(java, home, folder).run(runs).line());
            return 0;
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
