package dev.penstock.bench.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A simulated engine in a process of its own, which can be killed as the kernel does it. */
final class EngineProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on http://[^\\s/]*:(\\d+)");

    private final Process process;
    private final int port;

    private EngineProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one whose name begins so, on a port or on a free one for 0; it listens when this returns. */
    static EngineProcess start(String prefix, int port) throws IOException {
        Process process = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx128m",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                "dev.penstock.bench.main.ToolsMain", "sim", "--port", Integer.toString(port), "--name", prefix,
                "--model", CalmFleet.MODEL, "--max-model-len", "1048576", "--prefill-rate", "0", "--decode-base", "2"))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader printed =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = printed.readLine(); line != null; line = printed.readLine()) {
            Matcher found = LISTENING.matcher(line);
            if (found.find()) {
                return new EngineProcess(process, Integer.parseInt(found.group(1)));
            }
        }
        process.destroyForcibly();
        throw new IOException("the engine ended before it listened");
    }

    int port() {
        return port;
    }

    /** Kills it with SIGKILL, and returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
