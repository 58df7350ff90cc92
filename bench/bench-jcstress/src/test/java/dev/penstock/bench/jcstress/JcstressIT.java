package dev.penstock.bench.jcstress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs every jcstress test of this module in a process of its own.
 *
 * <p>In short: one fork, one mode of the compiler, under a second a test. At length, with all modes: run
 * {@code org.openjdk.jcstress.Main} on this module's class path, or set the system property {@code jcstress.options}.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class JcstressIT {
    private static final String IN_SHORT = "-m quick -f 1 -iters 2 -time 150 -sc false -af NONE -strideCount 2";
    /** Each state has columns outside of the heap, and jcstress holds strideCount times 256 of them at a time. */
    private static final String JVM = "-Xmx256m -XX:MaxDirectMemorySize=1g -XX:+UseParallelGC"
            + " -XX:+UseCompactObjectHeaders"
            + " --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

    @Test
    void shouldObserveNoForbiddenState() throws IOException, InterruptedException {
        Path reports = Files.createDirectories(Path.of("target", "jcstress").toAbsolutePath());
        Path log = reports.resolve("run.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-r", reports.toString()));
        String options = System.getProperty("jcstress.options");
        if (options == null) {
            command.addAll(List.of(IN_SHORT.split(" ", -1)));
            command.addAll(List.of("-jvmArgs", JVM));
        } else {
            command.addAll(List.of(options.split(" ", -1)));
        }

        // It leaves a result file where it is started.
        Process process = new ProcessBuilder(command)
                .directory(reports.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        try {
            int status = process.waitFor();
            String output = Files.readString(log, StandardCharsets.UTF_8);
            assertThat(status).as("%s", output).isZero();
            assertThat(output).as("jcstress found its tests").containsPattern("[1-9]\\d* passed, 0 failed");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
