package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as a user unzips it: what is in it, and what its launcher says. */
@Timeout(60)
final class DistributionIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @Test
    void shouldHaveEverythingInItsPlace() throws IOException {
        Path home = unzip();

        for (String file : List.of("bin/penstock", "conf/penstock.yaml", "conf/jvm.options", "LICENSE")) {
            assertThat(home.resolve(file)).isRegularFile();
        }
        assertThat(jars(home.resolve("lib"))).anyMatch(name -> name.startsWith("penstock-netty"));
        assertThat(jars(home.resolve("tools"))).anyMatch(name -> name.startsWith("penstock-bench-load"));
    }

    @Test
    void shouldKeepRoutersOffTheClassPath() throws IOException {
        Path home = unzip();

        assertThat(jars(home.resolve("plugins"))).isNotEmpty().allMatch(name -> name.startsWith("penstock-routers"));
        assertThat(jars(home.resolve("lib"))).noneMatch(name -> name.startsWith("penstock-routers"));
        assertThat(jars(home.resolve("tools"))).noneMatch(name -> name.startsWith("penstock-routers"))
                .doesNotContainAnyElementsOf(jars(home.resolve("lib")));
    }

    @Test
    void shouldSayInEveryPluginWhichSpiItNeeds() throws IOException {
        try (Stream<Path> plugins = Files.list(unzip().resolve("plugins"))) {
            for (Path plugin : plugins.toList()) {
                try (JarFile jar = new JarFile(plugin.toFile())) {
                    Manifest manifest = jar.getManifest();
                    assertThat(manifest.getMainAttributes().getValue("Penstock-SPI")).as("%s", plugin).isEqualTo("1.0");
                }
            }
        }
    }

    @Test
    void shouldExplainItself() throws Exception {
        Outcome help = launch(unzip(), "help");

        assertThat(help.status()).isZero();
        assertThat(help.output()).contains("serve ", "check ", "demo ", "sim ", "bench ", "soak ")
                .doesNotContain("./penstock");
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() throws Exception {
        Outcome outcome = launch(unzip(), "frobnicate");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.output()).contains("no command 'frobnicate'");
    }

    @Test
    void shouldFindAJavaMachineThatIsNewEnough() throws Exception {
        Outcome outcome = launch(unzip(), "java-home");

        assertThat(outcome.status()).isZero();
        assertThat(Path.of(outcome.output().strip(), "bin", "java")).isExecutable();
    }

    private record Outcome(int status, String output) {}

    private static Outcome launch(Path home, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/penstock").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("PENSTOCK_CHECKOUT");
        Process process = builder.start();
        process.getOutputStream().close();
        String output;
        try (InputStream stream = process.getInputStream()) {
            output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        return new Outcome(process.waitFor(), output);
    }

    private static List<String> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    /** Unzips the distribution, into a path with a blank in it, and answers its top folder. */
    private Path unzip() throws IOException {
        Path root = directory.resolve("un zipped");
        Path archive;
        try (Stream<Path> files = Files.list(TARGET)) {
            archive = files.filter(file -> file.toString().endsWith(".zip")).findFirst().orElseThrow();
        }
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = root.resolve(entry.getName()).normalize();
                assertThat(file.startsWith(root)).isTrue();
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Path parent = file.getParent();
                    assertThat(parent).isNotNull();
                    Files.createDirectories(parent);
                    Files.copy(zip, file);
                }
            }
        }
        try (Stream<Path> top = Files.list(root)) {
            Path home = top.findFirst().orElseThrow();
            // The permissions of the archive are for unzip(1); Java's reader does not carry them.
            assertThat(home.resolve("bin/penstock").toFile().setExecutable(true)).isTrue();
            return home;
        }
    }
}
