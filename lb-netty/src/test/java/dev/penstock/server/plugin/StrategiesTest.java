package dev.penstock.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.engine.Strategy;
import dev.penstock.server.tokens.TokenizerNames;
import dev.penstock.spi.Needs;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.TestShard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrategiesTest {

    private static final String NAME = "public String name() { return \"tuned\"; }\n";
    private static final String TUNED = NAME + """
            public List<SettingSpec> settings() {
                return List.of(new SettingSpec("index", SettingSpec.Type.INTEGER, "0", "Index of the candidate."),
                        new SettingSpec("share", SettingSpec.Type.DECIMAL, "0.5", "A share."),
                        new SettingSpec("on", SettingSpec.Type.BOOLEAN, "true", "Whether it is on."),
                        new SettingSpec("wait", SettingSpec.Type.DURATION, "250ms", "A time."),
                        new SettingSpec("label", SettingSpec.Type.TEXT, "x", "A text."));
            }
            public Router create(RouterEnvironment environment) {
                int index = (int) environment.integer("index");
                String all = environment.decimal("share") + " " + environment.flag("on") + " "
                        + environment.integer("wait") + " " + environment.text("label");
                if (!all.equals("0.25 false 1000000000 y z")) {
                    throw new IllegalStateException(all);
                }
                return context -> context.select(context.candidates().get(index));
            }
            """;

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

    private Strategies.Result strategies(Map<String, Map<String, String>> settings, String... onLoop) {
        loaded.addAll(PluginLoader.load(folder));
        Map<String, Map<String, Source>> sources = new HashMap<>();
        settings.forEach((strategy, texts) -> {
            Map<String, Source> given = sources.computeIfAbsent(strategy, any -> new HashMap<>());
            texts.forEach((name, text) -> given.put(name, new Source(text, "p.yaml:" + strategy.length())));
        });
        return Strategies.of(loaded, new Strategies.Terms(sources, Map.of(), Set.of(onLoop), TokenizerNames.BUILT_IN));
    }

    private Strategies.Result strategies() {
        return strategies(Map.of());
    }

    private static String tell(String member) {
        return NAME + member;
    }

    @Test
    void shouldRouteByTheRouterOfAJar() throws IOException {
        PluginJar.withStrategy("first").manifest("Implementation-Version", "2.1").writeTo(folder, "first.jar");

        Strategies.Result result = strategies();

        assertThat(result.problems()).isEmpty();
        TestShard shard = EngineParts.shard(result.usable());
        shard.fleet().add("a", "b");
        assertThat(shard.route("first").pod()).isEqualTo("a");
        assertThat(shard.route("first").fallbackReason()).isNull();
    }

    @Test
    void shouldHeedVariablesMoreThanTheFileAndPassOverThoseOfNobody() throws IOException {
        PluginJar.current().provider("plug.Tuned", TUNED).writeTo(folder, "tuned.jar");
        loaded.addAll(PluginLoader.load(folder));
        Map<String, Map<String, Source>> file = Map.of("tuned", Map.of("index", new Source("2", "p.yaml:1")));
        Map<String, Map<String, Source>> variables = Map.of("absent", Map.of("x", new Source("1", "environment X")),
                "tuned", Map.of("index", new Source("one", "environment I"),
                        "nothing", new Source("1", "environment N")));

        assertThat(Strategies.of(loaded, new Strategies.Terms(file, variables, Set.of(), Set.of())).errors())
                .containsExactly("environment I: routers.tuned.index: one (expected: integer)");
        assertThat(Strategies.of(loaded, new Strategies.Terms(file, Map.of(), Set.of(), Set.of())).errors()).isEmpty();
    }

    @Test
    void shouldAskTheProviderForAllThereIsToKnow() throws IOException {
        PluginJar.current().manifest("Implementation-Version", "2.1").provider("plug.Tuned", tell("""
                public Needs needs() { return Needs.hashes(64); }
                public boolean scores() { return true; }
                """)).writeTo(folder, "tuned.jar");

        assertThat(strategies(Map.of(), "tuned").usable()).singleElement()
                .returns("tuned", Strategy::name).returns(Needs.hashes(64), Strategy::needs)
                .returns(true, Strategy::scores).returns(true, Strategy::servedOnLoop)
                .returns("tuned.jar 2.1", Strategy::source);
    }

    @Test
    void shouldReportAStrategyWhoseTokenizerThereIsNot() throws IOException {
        PluginJar.current().provider("plug.Tuned", tell("""
                public Needs needs() { return Needs.tokens("cl10k_base"); }
                """)).writeTo(folder, "tuned.jar");

        Strategies.Result result = strategies();

        assertThat(result.usable()).isEmpty();
        assertThat(result.problems()).containsExactly("plugin tuned.jar: strategy tuned: needs the tokenizer cl10k_base"
                + " (expected: one of auto, characters, cl100k_base, none, o200k_base, p50k_base, r50k_base, remote)"
                + " (did you mean cl100k_base?)");
    }

    @Test
    void shouldLeaveAnyOtherStrategyOffTheEventLoops() throws IOException {
        PluginJar.withStrategy("first").writeTo(folder, "first.jar");

        assertThat(strategies(Map.of(), "other").usable()).singleElement().returns(false, Strategy::servedOnLoop);
    }

    @Test
    void shouldGiveTheFirstOfTwoJarsTheName() throws IOException {
        PluginJar.withStrategy("same").writeTo(folder, "b.jar");
        PluginJar.withStrategy("same").writeTo(folder, "a.jar");

        Strategies.Result result = strategies();

        assertThat(result.usable()).singleElement().returns("a.jar", Strategy::source);
        assertThat(result.problems()).containsExactly("plugin b.jar: strategy same is already in a.jar");
    }

    @Test
    void shouldReportAPluginThatFailedBesideThoseThatWork() throws IOException {
        Files.writeString(folder.resolve("broken.jar"), "broken");
        PluginJar.withStrategy("first").writeTo(folder, "first.jar");

        Strategies.Result result = strategies();

        assertThat(result.usable()).extracting(Strategy::name).containsExactly("first");
        assertThat(result.problems()).singleElement().asString()
                .startsWith("plugin broken.jar: broken.jar is not a jar: ");
    }

    // ---- providers that misbehave

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "public List<SettingSpec> settings() { throw new IllegalStateException(\"no luck\"); } | no luck",
        "public Needs needs() { throw new IllegalStateException(\"no luck\"); } | no luck",
        "public boolean scores() { throw new AssertionError(\"no luck\"); } | no luck",
        "public Needs needs() { return needs(); } | java.lang.StackOverflowError",
        "public Needs needs() { throw new RuntimeException(); } | java.lang.RuntimeException",
        "public Needs needs() { throw new RuntimeException(\"two\\nlines\"); } | two lines",
        "public Needs needs() { return null; } | needs are null",
        "public Needs needs() { return Needs.hashes(-1); } | bytes in a block: -1",
        "public List<SettingSpec> settings() { return null; } | null"})
    void shouldReportAProviderThatThrows(String member, String expected) throws IOException {
        PluginJar.current().provider("plug.Angry", tell(member)).writeTo(folder, "angry.jar");
        PluginJar.withStrategy("first").writeTo(folder, "first.jar");

        Strategies.Result result = strategies();

        assertThat(result.usable()).extracting(Strategy::name).containsExactly("first");
        assertThat(result.problems()).singleElement().asString()
                .startsWith("plugin angry.jar: strategy tuned: ").contains(expected).doesNotContain("\n");
    }

    @Test
    void shouldReportAProviderWhoseNameThrows() throws IOException {
        PluginJar.current().provider("plug.Angry",
                "public String name() { throw new IllegalStateException(\"no luck\"); }").writeTo(folder, "angry.jar");

        assertThat(strategies().problems()).containsExactly("plugin angry.jar: no luck");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "\"A\"", "\"a b\"", "\"a,b\"", "\"a:1\"", "\"-a\"", "\"a-\"",
        "\"a\".repeat(65)"})
    void shouldReportANameThatNobodyCouldAskFor(String name) throws IOException {
        PluginJar.current().provider("plug.Odd", "public String name() { return " + name + "; }")
                .writeTo(folder, "odd.jar");

        assertThat(strategies().usable()).isEmpty();
        assertThat(strategies().problems()).first().asString().startsWith("plugin odd.jar: strategy name ")
                .endsWith(" (expected: lower case letters, digits, dashes)");
    }

    // ---- settings

    @Test
    void shouldGiveARouterItsSettings() throws IOException {
        PluginJar.current().provider("plug.Tuned", TUNED).writeTo(folder, "tuned.jar");

        Strategies.Result result = strategies(Map.of("tuned",
                Map.of("index", " 1 ", "share", "0.25", "on", "false", "wait", "1s", "label", "y z")));

        assertThat(result.problems()).isEmpty();
        TestShard shard = EngineParts.shard(result.usable());
        shard.fleet().add("a", "b");
        assertThat(shard.route("tuned").pod()).isEqualTo("b");
        assertThat(shard.route("tuned").fallbackReason()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"index, 1.5, integer", "index, one, integer", "share, much, decimal", "share, NaN, decimal",
        "share, Infinity, decimal", "on, yes, boolean", "wait, 5 parsecs, duration"})
    void shouldRefuseASettingOfAnotherType(String setting, String value, String type) throws IOException {
        PluginJar.current().provider("plug.Tuned", TUNED).writeTo(folder, "tuned.jar");

        assertThat(strategies(Map.of("tuned", Map.of(setting, value))).errors()).containsExactly(
                "p.yaml:5: routers.tuned." + setting + ": " + value + " (expected: " + type
                        + ")");
    }

    @Test
    void shouldRefuseASettingThatNobodyReads() throws IOException {
        PluginJar.current().provider("plug.Tuned", TUNED).writeTo(folder, "tuned.jar");

        assertThat(strategies(Map.of("tuned", Map.of("indx", "1"))).errors())
                .containsExactly("p.yaml:5: routers.tuned.indx: unknown setting "
                        + "(expected: index, share, on, wait, label)");
    }

    @Test
    void shouldReportSettingsOfAStrategyThatThereIsNot() throws IOException {
        PluginJar.withStrategy("first").writeTo(folder, "first.jar");

        assertThat(strategies(Map.of("fist", Map.of("a", "1"))).errors())
                .containsExactly("p.yaml:4: routers.fist: no such strategy (known: first)");
    }

    @Test
    void shouldNameEachWrongSetting() throws IOException {
        PluginJar.current().provider("plug.Tuned", TUNED).writeTo(folder, "tuned.jar");

        assertThat(strategies(Map.of("tuned", Map.of("index", "one", "on", "yes", "other", "1"))).errors())
                .hasSize(3).allMatch(error -> error.startsWith("p.yaml:5: routers.tuned."));
    }

    @Test
    void shouldBlameThePluginForADefaultThatCannotBeRead() throws IOException {
        PluginJar.current().provider("plug.Odd", tell("""
                public List<SettingSpec> settings() {
                    return List.of(new SettingSpec("size", SettingSpec.Type.INTEGER, "big", "A size."));
                }
                """)).writeTo(folder, "odd.jar");

        Strategies.Result result = strategies(Map.of("tuned", Map.of("other", "1")));

        assertThat(result.errors()).isEmpty();
        assertThat(result.problems()).singleElement().asString().startsWith("plugin odd.jar: strategy tuned: default "
                + "of routers.tuned.size: big (expected: integer)");
    }

    @Test
    void shouldGiveTheFirstOfTwoProvidersOfAJarTheName() throws IOException {
        PluginJar.current().provider("plug.A", "public String name() { return \"same\"; }")
                .provider("plug.B", "public String name() { return \"same\"; }").writeTo(folder, "two.jar");

        Strategies.Result result = strategies();

        assertThat(result.usable()).singleElement().satisfies(strategy ->
                assertThat(strategy.provider().getClass().getName()).isEqualTo("plug.A"));
        assertThat(result.problems()).containsExactly("plugin two.jar: strategy same is already in two.jar");
    }

    @Test
    void shouldShowAPluginItsOwnClassesByWayOfTheThread() throws IOException {
        PluginJar.current().provider("plug.Curious", """
                private static boolean own() {
                    return Thread.currentThread().getContextClassLoader() == Curious.class.getClassLoader();
                }
                private static final boolean AT_FIRST = own();
                public String name() { return "first-" + AT_FIRST + "-then-" + own(); }
                public Needs needs() { return own() ? Needs.NOTHING : null; }
                public boolean scores() { return own(); }
                public List<SettingSpec> settings() { return own() ? List.of() : null; }
                """).writeTo(folder, "curious.jar");
        ClassLoader host = Thread.currentThread().getContextClassLoader();

        assertThat(strategies().usable()).singleElement().returns("first-true-then-true", Strategy::name)
                .returns(true, Strategy::scores);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(host);
    }
}
