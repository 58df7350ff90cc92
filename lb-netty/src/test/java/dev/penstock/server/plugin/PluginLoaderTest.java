package dev.penstock.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginLoaderTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path folder;

    private final List<Plugin> loaded = new ArrayList<>();

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(directory.resolve("plugins"));
    }

    @AfterEach
    void closePlugins() {
        loaded.forEach(Plugin::close);
    }

    private List<Plugin> load() {
        loaded.addAll(PluginLoader.load(folder));
        return loaded;
    }

    private Plugin loadOne() {
        assertThat(load()).hasSize(1);
        return loaded.getFirst();
    }

    private String nameOfStrategy() {
        Plugin plugin = loadOne();
        assertThat(plugin.failure()).isNull();
        return plugin.providers().getFirst().name();
    }

    // ---- what works

    @Test
    void shouldLoadAJar() throws IOException {
        PluginJar.withStrategy("first").manifest("Implementation-Version", "2.1").writeTo(folder, "first.jar");

        Plugin plugin = loadOne();

        assertThat(plugin.failure()).isNull();
        assertThat(plugin.name()).isEqualTo("first.jar");
        assertThat(plugin.version()).isEqualTo("2.1");
        assertThat(plugin.providers()).singleElement()
                .satisfies(provider -> assertThat(provider.name()).isEqualTo("first"));
    }

    @Test
    void shouldLoadEveryProviderOfAJar() throws IOException {
        PluginJar.current().provider("plug.A", "public String name() { return \"a\"; }")
                .provider("plug.B", "public String name() { return \"b\"; }").writeTo(folder, "two.jar");

        assertThat(loadOne().providers()).extracting(provider -> provider.name()).containsExactly("a", "b");
    }

    @Test
    void shouldFindNothingWhereThereIsNoFolder() {
        assertThat(PluginLoader.load(directory.resolve("nowhere"))).isEmpty();
        assertThat(load()).isEmpty();
    }

    @Test
    void shouldPassOverOtherFiles() throws IOException {
        Files.writeString(folder.resolve("README.md"), "Put jars here.");
        Files.writeString(folder.resolve("first.jar.bak"), "old");

        assertThat(load()).isEmpty();
    }

    @Test
    void shouldLoadInTheOrderOfNamesWhateverFails() throws IOException {
        PluginJar.withStrategy("c").writeTo(folder, "c.jar");
        Files.writeString(folder.resolve("b.jar"), "broken");
        PluginJar.withStrategy("a").writeTo(folder, "a.jar");

        assertThat(load()).extracting(Plugin::name).containsExactly("a.jar", "b.jar", "c.jar");
        assertThat(loaded).extracting(plugin -> plugin.failure() == null).containsExactly(true, false, true);
    }

    @Test
    void shouldGiveEveryPluginALoaderOfItsOwn() throws IOException {
        PluginJar.withStrategy("one").writeTo(folder, "one.jar");
        PluginJar.withStrategy("two").writeTo(folder, "two.jar");

        load();

        assertThat(loaded.get(0).providers().getFirst().getClass().getName())
                .isEqualTo(loaded.get(1).providers().getFirst().getClass().getName());
        assertThat(loaded.get(0).providers().getFirst().getClass())
                .isNotSameAs(loaded.get(1).providers().getFirst().getClass());
    }

    // ---- versions of the SPI

    @Test
    void shouldRefuseAJarWithoutTheAttribute() throws IOException {
        new PluginJar().provider("plug.First", "public String name() { return \"first\"; }")
                .writeTo(folder, "old.jar");

        assertThat(loadOne().failure()).isEqualTo("its manifest has no Penstock-SPI (expected: 1.2)");
        assertThat(loaded.getFirst().providers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.0", "0.9", "1.3", "1.9999", "1", "1.0.0", "one", "1.x", "-1.0", "99999.0", "1. 0"})
    void shouldRefuseAnotherSpi(String version) throws IOException {
        PluginJar.withStrategy("first").manifest("Penstock-SPI", version).writeTo(folder, "other.jar");

        assertThat(loadOne().failure()).isEqualTo("Penstock-SPI: " + version + " (this host has 1.2)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2"})
    void shouldLoadWhatWasBuiltForThisSpiOrAnEarlierOne(String version) throws IOException {
        PluginJar.withStrategy("first").manifest("Penstock-SPI", version).writeTo(folder, "any.jar");

        assertThat(loadOne().failure()).isNull();
        assertThat(loaded.getFirst().providers()).hasSize(1);
    }

    @Test
    void shouldReadTheVersionBeforeAnyClass() throws IOException {
        PluginJar.current().manifest("Penstock-SPI", "2.0").listed("plug.NeverLookedAt").writeTo(folder, "new.jar");

        assertThat(loadOne().failure()).isEqualTo("Penstock-SPI: 2.0 (this host has 1.2)");
    }

    @Test
    void shouldRunWhatNeedsLessThanThisHostHas() {
        SpiVersion host = new SpiVersion(1, 4);

        assertThat(new SpiVersion(1, 4).runsOn(host)).isTrue();
        assertThat(new SpiVersion(1, 0).runsOn(host)).isTrue();
        assertThat(new SpiVersion(1, 5).runsOn(host)).isFalse();
        assertThat(new SpiVersion(2, 0).runsOn(host)).isFalse();
        assertThat(SpiVersion.parse(" 1.4 ")).isEqualTo(host).hasToString("1.4");
    }

    // ---- what is broken

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 10_000})
    void shouldRefuseBytesThatAreNoJar(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        Files.write(folder.resolve("noise.jar"), bytes);

        assertThat(loadOne().failure()).startsWith("noise.jar is not a jar: ").doesNotContain("\n");
    }

    @Test
    void shouldRefuseHalfAJar() throws IOException {
        Path jar = PluginJar.withStrategy("first").writeTo(folder, "half.jar");
        byte[] bytes = Files.readAllBytes(jar);
        Files.write(jar, java.util.Arrays.copyOf(bytes, bytes.length / 2));

        assertThat(loadOne().failure()).startsWith("half.jar is not a jar: ");
    }

    @Test
    void shouldRefuseAJarWithoutProviders() throws IOException {
        PluginJar.current().source("plug.Nothing", "package plug; public class Nothing {}").writeTo(folder, "no.jar");

        assertThat(loadOne().failure()).isEqualTo("no provider of dev.penstock.spi.RouterProvider inside");
    }

    @Test
    void shouldNameAProviderThatIsMissing() throws IOException {
        PluginJar.withStrategy("first").listed("plug.Gone").writeTo(folder, "gone.jar");

        assertThat(loadOne().failure()).contains("plug.Gone").contains("not found");
    }

    @Test
    void shouldNameAProviderThatIsNone() throws IOException {
        PluginJar.current().listed("plug.Other").source("plug.Other", "package plug; public class Other {}")
                .writeTo(folder, "other.jar");

        assertThat(loadOne().failure()).contains("plug.Other").contains("not a subtype");
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw new IllegalStateException(\"no luck\");", "throw new AssertionError(\"no luck\");",
        "throw new StackOverflowError(\"no luck\");", "throw new UnsupportedOperationException(\"no\\n luck\");"})
    void shouldSayWhatTheConstructorThrew(String body) throws IOException {
        PluginJar.current().provider("plug.Angry",
                "public Angry() { if (true) { " + body + " } }\npublic String name() { return \"angry\"; }")
                .writeTo(folder, "angry.jar");

        assertThat(loadOne().failure()).contains("plug.Angry").contains("no luck").doesNotContain("\n");
    }

    @Test
    void shouldSayWhatTheClassLacks() throws IOException {
        Path library = new PluginJar().source("lib.Lib", "package lib; public class Lib {}")
                .writeTo(directory.resolve("elsewhere"), "lib.jar");
        PluginJar.current().against(library).provider("plug.Lacking",
                "private final Object lib = new lib.Lib();\npublic String name() { return \"lacking\"; }")
                .writeTo(folder, "lacking.jar");

        assertThat(loadOne().failure()).contains("plug.Lacking").contains("lib/Lib");
    }

    @Test
    void shouldRefuseAFolderWithoutJars() throws IOException {
        Files.createDirectory(folder.resolve("empty"));

        assertThat(loadOne().failure()).isEqualTo("a folder without jars");
    }

    // ---- what a plugin sees

    @Test
    void shouldLoadAFolderWithItsOwnLibraryInPlaceOfTheHosts() throws IOException {
        Path home = folder.resolve("shadow");
        Path library = new PluginJar().source("io.netty.buffer.Unpooled",
                "package io.netty.buffer; public class Unpooled { public static String whose() { return \"mine\"; } }")
                .writeTo(home, "a-library.jar");
        PluginJar.current().against(library).provider("plug.Shadow",
                "public String name() { return io.netty.buffer.Unpooled.whose(); }").writeTo(home, "plugin.jar");

        assertThat(nameOfStrategy()).isEqualTo("mine");
    }

    @Test
    void shouldNameABrokenLibraryOfAFolder() throws IOException {
        Path home = folder.resolve("plugin");
        PluginJar.withStrategy("first").writeTo(home, "a-plugin.jar");
        Files.writeString(home.resolve("z-library.jar"), "broken");

        assertThat(loadOne().failure()).startsWith("z-library.jar is not a jar: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.netty.buffer.Unpooled", "dev.penstock.core.engine.Strategy",
        "dev.penstock.server.plugin.PluginLoader", "org.agrona.DirectBuffer", "org.junit.jupiter.api.Test"})
    void shouldHideTheHost(String className) throws Exception {
        assertThat(Class.forName(className)).isNotNull();
        PluginJar.current().provider("plug.Curious", """
                public String name() {
                    try {
                        return Class.forName("%s").getName();
                    } catch (ClassNotFoundException e) {
                        return "hidden";
                    }
                }
                """.formatted(className)).writeTo(folder, "curious.jar");

        assertThat(nameOfStrategy()).isEqualTo("hidden");
    }

    @Test
    void shouldHideFilesOfTheHost() throws IOException {
        PluginJar.current().provider("plug.Curious", """
                public String name() {
                    ClassLoader own = getClass().getClassLoader();
                    return own.getResource("dev/penstock/server/plugin/PluginLoader.class") == null
                            && own.getResource("plug/Curious.class") != null ? "hidden" : "seen";
                }
                """).writeTo(folder, "curious.jar");

        assertThat(nameOfStrategy()).isEqualTo("hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.net.http.HttpClient", "java.sql.Connection", "dev.penstock.spi.Scorer"})
    void shouldShowTheJdkAndTheSpi(String className) throws IOException {
        PluginJar.current().provider("plug.Curious", """
                public String name() {
                    try {
                        return Class.forName("%s").getSimpleName();
                    } catch (ClassNotFoundException e) {
                        return "hidden";
                    }
                }
                """.formatted(className)).writeTo(folder, "curious.jar");

        assertThat(className).endsWith("." + nameOfStrategy());
    }

    @Test
    void shouldTakeTheSpiOfTheHostEvenWhereAPluginBringsItsOwn() throws IOException {
        PluginJar.withStrategy("fat").source("dev.penstock.spi.Scorer",
                "package dev.penstock.spi; public interface Scorer extends Router {}").writeTo(folder, "fat.jar");

        assertThat(nameOfStrategy()).isEqualTo("fat");
    }

    // ---- what else may lie in the folder

    @Test
    void shouldNameALinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(folder.resolve("gone.jar"), directory.resolve("nowhere.jar"));
        PluginJar.withStrategy("a").writeTo(folder, "a.jar");

        assertThat(load()).extracting(Plugin::name).containsExactly("a.jar", "gone.jar");
        assertThat(loaded.getFirst().failure()).isNull();
        assertThat(loaded.get(1).failure()).startsWith("gone.jar cannot be read: ")
                .contains("NoSuchFile").doesNotContain("\n");
    }

    @Test
    void shouldNameAProviderThatIsNotPublic() throws IOException {
        PluginJar.current().listed("plug.Hidden").source("plug.Hidden", """
                package plug;
                import dev.penstock.spi.*;
                final class Hidden implements RouterProvider {
                    public String name() { return "hidden"; }
                    public Router create(RouterEnvironment environment) { return null; }
                }
                """).writeTo(folder, "hidden.jar");

        assertThat(loadOne().failure()).contains("plug.Hidden");
    }

    @Test
    void shouldNameAProviderWithoutAConstructorOfNoArguments() throws IOException {
        PluginJar.current().provider("plug.Asks",
                "public Asks(String what) {}\npublic String name() { return \"asks\"; }").writeTo(folder, "asks.jar");

        assertThat(loadOne().failure()).contains("plug.Asks").contains("constructor");
    }

    @Test
    void shouldSayWhichSpiAPluginWants() throws IOException {
        PluginJar.withStrategy("a").writeTo(folder, "a.jar");
        PluginJar.withStrategy("b").manifest("Penstock-SPI", "2.0").manifest("Implementation-Version", "3")
                .writeTo(folder, "b.jar");
        Files.writeString(folder.resolve("c.jar"), "broken");

        assertThat(load()).extracting(Plugin::spi).containsExactly("1.0", "2.0", "");
        assertThat(loaded).extracting(Plugin::version).containsExactly("", "3", "");
    }

    @Test
    void shouldLoadAJarAndAFolderOfTheSameName() throws IOException {
        PluginJar.withStrategy("one").writeTo(folder, "same.jar");
        PluginJar.withStrategy("two").writeTo(folder.resolve("same"), "same.jar");

        assertThat(load()).extracting(Plugin::name).containsExactly("same", "same.jar");
        assertThat(loaded).allMatch(plugin -> plugin.failure() == null);
    }

    @Test
    void shouldGiveTheThreadBackAsItWas() throws IOException {
        ClassLoader host = Thread.currentThread().getContextClassLoader();
        PluginJar.current().provider("plug.Angry",
                "public Angry() { if (true) { throw new IllegalStateException(); } }\n"
                + "public String name() { return \"angry\"; }").writeTo(folder, "angry.jar");

        assertThat(loadOne().failure()).isNotNull();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(host);
    }
}
