package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The image, built without a container engine; and run where there is one. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // One image for all tests.
final class ImageIT {
    private static final Path TAR = Path.of("target", "image-under-test.tar").toAbsolutePath();
    /** What podman exits with where it could not even try. */
    private static final int ENGINE_FAILED = 125;
    private static final long MOST_BYTES = 90_000_000;
    private static final List<String> LOCKED_DOWN = List.of("--pull=never", "--read-only", "--read-only-tmpfs=false",
            "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "host");

    private final Path temporary = Path.of("target", "image-it").toAbsolutePath();

    @BeforeAll
    @Timeout(value = 400, unit = TimeUnit.SECONDS)
    void buildTheImage() throws Exception {
        Files.createDirectories(temporary);
        Path root = Image.root();
        assertThat(root.resolve("application")).isDirectory();
        List<String> pack = List.of("mvn", "-B", "-q", "-ntp", "-f", Image.FOLDER.resolve("pom.xml").toString(),
                "-Dimage.tar=" + TAR, "jib:buildTar");
        require(run(pack));
    }

    @AfterAll
    void removeTheImage() throws IOException {
        Files.deleteIfExists(TAR);
    }

    private static String require(Distribution.Outcome outcome) {
        assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isZero();
        return outcome.out().strip();
    }

    @Test
    void shouldUnpackToLessThanNinetyMegabytes() throws IOException {
        assertThat(bytesBelow(Image.root().resolve("runtime")) + bytesBelow(Image.root().resolve("application")))
                .isLessThan(MOST_BYTES);
    }

    /** How long it takes depends on what else this machine does: told, beside a yardstick of the same minute. */
    @Test
    void shouldTellHowLongItTakesUntilTheFirstResponse() throws Exception {
        String told = require(Distribution.run(Distribution.command("bench", "start",
                "--root", Image.root().toString(), "--runs", "3")));
        assertThat(told).contains("first response after", "java -version", "wanted");
        System.out.println("image: " + told);
    }

    @Test
    void shouldHoldNothingThatIsNotNeeded() {
        Path home = Image.home();
        assertThat(home.resolve("tools")).doesNotExist();
        assertThat(home.resolve("penstock.aot")).exists();
        assertThat(home.resolve("lib")).isDirectoryContaining("glob:**/penstock-netty-*.jar")
                .isDirectoryNotContaining("glob:**/*-linux-*.jar");
        assertThat(Image.root().resolve("runtime/opt/java/bin/java")).isExecutable();
    }

    @Test
    void shouldServeReadOnlyWithoutCapabilities() throws Exception {
        assumeTrue(podman(), "podman is not here, or cannot run a container: the image was built, and not run");
        try (SimFleet fleet = SimFleet.builder().engines(2).model("m").time(TimeModel.zero()).start()) {
            Path configuration = readable(RunningPenstock.configuration(temporary, "m", fleet.addresses()));
            String name = "penstock-image-it-" + ProcessHandle.current().pid();
            List<String> command = new ArrayList<>(podman("run", "--name", name, "--rm"));
            command.addAll(LOCKED_DOWN);
            command.addAll(List.of("-v", configuration + ":/etc/penstock/penstock.yaml:ro",
                    "-v", plugins() + ":/plugins:ro", "penstock:0.1.0-SNAPSHOT",
                    "serve", "--config", "/etc/penstock/penstock.yaml", "--port", "0", "--admin-port", "0"));
            try (RunningPenstock running = RunningPenstock.of(environment(new ProcessBuilder(command)))) {
                assertThat(running.chat("m", false).statusCode()).isEqualTo(200);
                assertThat(running.chat("m", true).body()).anyMatch(line -> line.contains("[DONE]"));
                assertThat(running.admin("/admin/plugins").body()).contains("penstock-routers-basic", "no-plugin.jar");
                assertThat(require(run(podman("exec", name, "/opt/java/bin/java",
                        "@/opt/penstock/conf/image.options", "dev.penstock.server.main.PenstockMain", "health",
                        "--admin-port", String.valueOf(running.adminPort()))))).isEqualTo("ready");
                String pid = require(run(podman("inspect", "--format", "{{.State.Pid}}", name)));
                assertThat(Files.readAllLines(Path.of("/proc", pid, "status")))
                        .anyMatch(line -> line.matches("Uid:\\s+65532\\s.*"))
                        .anyMatch(line -> line.matches("CapEff:\\s+0+"))
                        .anyMatch(line -> line.matches("NoNewPrivs:\\s+1"));
                run(podman("stop", "-t", "30", name));
                assertThat(running.awaitEnd()).isEqualTo(143);
            }
        }
    }

    @Test
    void shouldUseTheCacheThatWasMadeForItsJars() throws Exception {
        assumeTrue(podman(), "podman is not here, or cannot run a container: the image was built, and not run");
        List<String> command = new ArrayList<>(podman("run", "--rm"));
        command.addAll(LOCKED_DOWN);
        command.addAll(List.of("--entrypoint", "/opt/java/bin/java", "penstock:0.1.0-SNAPSHOT", "-XX:AOTMode=on",
                "-Xlog:class+load:stdout", "@/opt/penstock/conf/image.options",
                "dev.penstock.server.main.PenstockMain", "version"));
        assertThat(require(run(command)).lines())
                .anyMatch(line -> line.contains("dev.penstock.server.Penstock source: shared objects file")
                        || line.contains("dev.penstock.server.main.PenstockMain source: shared objects file"));
    }

    /** A folder of plugins with one that cannot be loaded: it is named, and harms nobody. */
    private Path plugins() throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("plugins"));
        readable(Files.writeString(folder.resolve("no-plugin.jar"), "not a jar"));
        return readable(folder);
    }

    /** The container's user is somebody else. */
    private Path readable(Path file) throws IOException {
        Files.setPosixFilePermissions(file,
                PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwxr-xr-x" : "rw-r--r--"));
        return file;
    }

    /** Whether containers run here; what the image itself does wrong is no reason to say no. */
    private boolean podman() throws InterruptedException {
        try {
            List<String> command = podman("run", "--rm", "--pull=never", "--network", "host");
            command.addAll(List.of("penstock:0.1.0-SNAPSHOT", "version"));
            return run(podman("load", "-i", TAR.toString())).status() == 0 && run(command).status() != ENGINE_FAILED;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> podman(String... arguments) {
        List<String> command = new ArrayList<>(List.of("podman"));
        command.addAll(List.of(arguments));
        return command;
    }

    private Distribution.Outcome run(List<String> command) throws IOException, InterruptedException {
        return Distribution.run(environment(new ProcessBuilder(command)));
    }

    /** Settings of podman under which it also runs inside of a container. */
    private ProcessBuilder environment(ProcessBuilder builder) throws IOException {
        Path settings = temporary.resolve("containers.conf");
        Files.writeString(settings, """
                [containers]
                default_ulimits = ["nofile=16384:16384", "nproc=4096:4096"]
                netns = "host"
                log_driver = "k8s-file"
                [engine]
                runtime = "runc"
                cgroup_manager = "cgroupfs"
                events_logger = "file"
                """);
        builder.environment().putAll(Map.of("CONTAINERS_CONF", settings.toString()));
        return builder;
    }

    private static long bytesBelow(Path folder) throws IOException {
        long[] sum = {0};
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
        return sum[0];
    }
}
