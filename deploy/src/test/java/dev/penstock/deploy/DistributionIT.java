package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
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
                    assertThat(manifest.getMainAttributes().getValue("Penstock-SPI")).as("%s", plugin).isEqualTo("1.2");
                }
            }
        }
    }

    @Test
    void shouldCarryAnSdkThatMavenTrusts() throws Exception {
        Path sdk = Distribution.home().resolve("sdk");

        List<String> kinds = List.of(".jar", "-sources.jar", "-javadoc.jar", ".pom");
        for (String artifact : List.of("penstock-spi", "penstock-testkit")) {
            Path versions = sdk.resolve("dev/penstock").resolve(artifact);
            String metadata = Files.readString(versions.resolve("maven-metadata.xml"));
            String version = metadata.replaceFirst("(?s).*<latest>(.*)</latest>.*", "$1");
            for (String kind : kinds) {
                Path file = versions.resolve(version).resolve(artifact + "-" + version + kind);
                byte[] sum = MessageDigest.getInstance("SHA-1").digest(Files.readAllBytes(file));
                assertThat(file.resolveSibling(file.getFileName() + ".sha1")).hasContent(HexFormat.of().formatHex(sum));
            }
            assertThat(versions.resolve(version).resolve(artifact + "-" + version + ".pom")).content()
                    .contains("<version>" + version + "</version>").doesNotContain("@", "penstock-core");
        }
        assertThat(sdk.resolve("template/pom.xml")).isRegularFile();
        assertThat(sdk.resolve("template/target")).doesNotExist();
    }

    @Test
    void shouldShowAuthorsTheSpiAlone() throws IOException {
        Path sdk = Distribution.home().resolve("sdk/dev/penstock");

        assertThat(classes(sdk.resolve("penstock-spi"))).contains("dev/penstock/spi/Router.class")
                .allMatch(name -> name.startsWith("dev/penstock/spi/"));
        assertThat(classes(sdk.resolve("penstock-testkit")))
                .contains("dev/penstock/testkit/TestShard.class", "dev/penstock/core/engine/RoutingEngine.class")
                .doesNotContain("dev/penstock/testkit/EngineParts.class")
                .noneMatch(name -> name.startsWith("dev/penstock/spi/"));
    }

    private static List<String> classes(Path artifact) throws IOException {
        try (Stream<Path> files = Files.walk(artifact)) {
            Path jar = files.filter(file -> file.toString().matches(".*(?<!-sources|-javadoc)\\.jar")).findFirst()
                    .orElseThrow();
            try (JarFile open = new JarFile(jar.toFile())) {
                return open.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")).toList();
            }
        }
    }

    @Test
    void shouldNotWriteAPluginProjectOverAnother() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target"), "plugin");
        Path mine = Files.writeString(Files.createDirectory(folder.resolve("taken")).resolve("mine"), "kept");

        Distribution.Outcome outcome = Distribution.launch("plugin", "new", "taken", "--dir", folder.toString());

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).contains("taken exists already");
        assertThat(mine).hasContent("kept");
    }

    @Test
    void shouldSayWhatIsWrongWithAPlugin() throws Exception {
        Path broken = Files.writeString(Files.createTempDirectory(Path.of("target"), "plugin").resolve("x.jar"), "no");
        try (Stream<Path> installed = Files.list(Distribution.home().resolve("plugins"))) {
            String good = installed.filter(jar -> jar.toString().contains("-basic-")).findFirst().orElseThrow()
                    .toString();

            Distribution.Outcome loaded = Distribution.launch("plugin", "check", good);
            Distribution.Outcome failed = Distribution.launch("plugin", "check", broken.toString());

            assertThat(loaded.status()).as(loaded.err()).isZero();
            assertThat(loaded.out()).startsWith("good: penstock-routers-").contains("strategy least-request");
            assertThat(failed.status()).isEqualTo(1);
            assertThat(failed.errors()).singleElement().asString().startsWith("penstock: plugin x.jar: x.jar is not a");
        }
    }

    @Test
    void shouldMeasureHowWellStrategiesRoute() throws Exception {
        Distribution.Outcome outcome =
                Distribution.launch("bench", "routing", "--quick", "--json", "--requests", "200");

        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines()).hasSize(33)
                .anyMatch(line -> line.contains("\"strategy\":\"predicted-ttft\""));
        assertThat(outcome.err()).contains("round robin over 8 without bound 0.136, one pooled cache 0.182");
    }

    @Test
    void shouldExplainItself() throws Exception {
        Distribution.Outcome help = Distribution.launch("help");

        assertThat(help.status()).isZero();
        assertThat(help.out()).contains("serve ", "check ", "plugin ", "demo ", "sim ", "bench ", "soak ")
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
