package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The distribution as a user unzips it: what is in it, and what its launcher says. */
@Timeout(60)
final class DistributionIT {
    @Test
    void shouldHaveEverythingInItsPlace() throws IOException {
        Path home = Distribution.home();

        for (String file : List.of("bin/penstock", "conf/penstock.yaml", "conf/jvm.options", "LICENSE")) {
            assertThat(home.resolve(file)).isRegularFile();
        }
        assertThat(jars(home.resolve("lib"))).anyMatch(name -> name.startsWith("penstock-netty"));
        assertThat(jars(home.resolve("tools"))).anyMatch(name -> name.startsWith("penstock-bench-load"));
    }

    @Test
    void shouldKeepRoutersOffTheClassPath() throws IOException {
        Path home = Distribution.home();

        assertThat(jars(home.resolve("plugins"))).isNotEmpty().allMatch(name -> name.startsWith("penstock-routers"));
        assertThat(jars(home.resolve("lib"))).noneMatch(name -> name.startsWith("penstock-routers"));
        assertThat(jars(home.resolve("tools"))).noneMatch(name -> name.startsWith("penstock-routers"))
                .doesNotContainAnyElementsOf(jars(home.resolve("lib")));
    }

    @Test
    void shouldSayInEveryPluginWhichSpiItNeeds() throws IOException {
        try (Stream<Path> plugins = Files.list(Distribution.home().resolve("plugins"))) {
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
        Distribution.Outcome help = Distribution.launch("help");

        assertThat(help.status()).isZero();
        assertThat(help.out()).contains("serve ", "check ", "demo ", "sim ", "bench ", "soak ")
                .doesNotContain("./penstock");
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() throws Exception {
        Distribution.Outcome outcome = Distribution.launch("frobnicate");

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("no command 'frobnicate'");
    }

    @Test
    void shouldFindAJavaMachineThatIsNewEnough() throws Exception {
        Distribution.Outcome outcome = Distribution.launch("java-home");

        assertThat(outcome.status()).isZero();
        assertThat(Path.of(outcome.out().strip(), "bin", "java")).isExecutable();
    }

    private static List<String> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
