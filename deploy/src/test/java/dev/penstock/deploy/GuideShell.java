package dev.penstock.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A user's terminal in a folder: runs the blocks of a guide as they stand, but for the ports, which are free ones, and
 * Maven, which tries without the network first and keeps what it takes from the SDK in the folder.
 */
final class GuideShell implements AutoCloseable {

    private static final Pattern PORT_FLAG = Pattern.compile("(--(?:admin-)?port )(\\d+)");
    private static final Pattern PORT_TOLD = Pattern.compile("http://[^:/ ]+:(\\d+)");

    private final Path folder;
    private final List<Process> background = new ArrayList<>();
    private final Map<String, String> ports = new LinkedHashMap<>();

    GuideShell(Path folder) throws IOException {
        this.folder = folder;
        Path maven = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
        Files.writeString(maven, """
                #!/bin/sh
                repository=-Dmaven.repo.local='%s'
                '%s' -o -Daether.offline.protocols=file "$repository" "$@" > offline.log 2>&1 && exit 0
                exec '%s' "$repository" "$@"
                """.formatted(repository(), installed("mvn"), installed("mvn")));
        if (!maven.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + maven);
        }
    }

    // Shares everything with the user's repository but what comes from the SDK, of which there may be an older build.
    private Path repository() throws IOException {
        Path shared = Path.of(System.getProperty("localRepository",
                Path.of(System.getProperty("user.home"), ".m2", "repository").toString()));
        Path own = folder.resolve("repository");
        link(shared, own, "dev");
        link(shared.resolve("dev"), own.resolve("dev"), "penstock");
        return own;
    }

    private static void link(Path from, Path to, String except) throws IOException {
        Files.createDirectories(to);
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> children = Files.list(from)) {
            for (Path child : children.toList()) {
                Path name = Objects.requireNonNull(child.getFileName());
                if (Files.isDirectory(child) && !name.toString().equals(except)) {
                    Files.createSymbolicLink(to.resolve(name), child);
                }
            }
        }
    }

    private static Path installed(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1)).map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no " + program + " on the PATH"));
    }

    /** Runs a block to its end; what it printed, and how it ended. */
    Distribution.Outcome run(Guide.Block block) throws IOException, InterruptedException {
        return Distribution.run(shell(block.text()));
    }

    /** Starts a block that serves until it is stopped, and waits until it has told its ports. */
    void start(Guide.Block block) throws IOException {
        List<String> named = PORT_FLAG.matcher(block.text()).results().map(found -> found.group(2)).toList();
        ProcessBuilder builder = shell("exec " + PORT_FLAG.matcher(block.text()).replaceAll("$10"));
        Process process = builder.redirectErrorStream(true).start();
        background.add(process);
        BufferedReader reader = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder printed = new StringBuilder();
        for (String port : named) {
            ports.put(port, told(reader, printed));
        }
        Thread drain = new Thread(() -> reader.lines().forEach(line -> {}), "guide-output");
        drain.setDaemon(true);
        drain.start();
    }

    private static String told(BufferedReader reader, StringBuilder printed) throws IOException {
        String line;
        while ((line = reader.readLine()) != null) {
            printed.append(line).append('\n');
            MatchResult found = PORT_TOLD.matcher(line).results().findFirst().orElse(null);
            if (found != null) {
                return found.group(1);
            }
        }
        throw new IllegalStateException("ended before it told its ports:\n" + printed);
    }

    /** The port that stands for one of the guide's. */
    String port(String named) {
        return Objects.requireNonNull(ports.get(named), () -> named + " (started: " + ports + ")");
    }

    private ProcessBuilder shell(String script) {
        String here = script;
        for (Map.Entry<String, String> port : ports.entrySet()) {
            here = here.replace(":" + port.getKey(), ":" + port.getValue());
        }
        ProcessBuilder builder = new ProcessBuilder("sh", "-ec", here).directory(folder.toFile());
        builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
        return builder;
    }

    @Override
    public void close() {
        background.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }
}
