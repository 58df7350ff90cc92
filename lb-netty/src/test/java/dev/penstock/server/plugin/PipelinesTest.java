package dev.penstock.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.engine.Pipeline;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.server.config.ConfigFile;
import dev.penstock.server.tokens.TokenizerNames;
import dev.penstock.spi.Needs;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pipelines of a configuration, with pieces of jars: one has nothing but a filter, one nothing but a picker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PipelinesTest {

    private static final String FILTER = """
            public String name() { return "zone-filter"; }
            public boolean filters() { return true; }
            public List<SettingSpec> settings() {
                return List.of(new SettingSpec("zone", SettingSpec.Type.TEXT, "a", "A zone."),
                        new SettingSpec("most", SettingSpec.Type.INTEGER, "3", "A number."));
            }
            public Router create(RouterEnvironment environment) {
                String zone = environment.text("zone");
                Filter filter = (context, i) -> zone.equals(context.candidates().get(i).labels().get("zone"));
                return filter;
            }
            """;
    private static final String PICKER = """
            public String name() { return "last-picker"; }
            public boolean picks() { return true; }
            public Router create(RouterEnvironment environment) {
                Picker picker = (context, scores) -> {
                    int last = -1;
                    for (int i = 0; i < scores.length; i++) {
                        last = Double.isNaN(scores[i]) ? last : i;
                    }
                    return last;
                };
                return picker;
            }
            """;
    private static final String SCORER = """
            public String name() { return "%s"; }
            public boolean scores() { return true; }
            public Needs needs() { return Needs.hashes(%d); }
            public Router create(RouterEnvironment environment) {
                return new Scorer() {
                    public void route(RoutingContext context) { context.abstain("scorer"); }
                    public void score(RoutingContext context, double[] scores) {
                        for (int i = 0; i < scores.length; i++) {
                            scores[i] = i;
                        }
                    }
                    public Polarity polarity() { return Polarity.LEAST; }
                };
            }
            """;

    private final List<Plugin> plugins = new ArrayList<>();

    @BeforeAll
    void loadPlugins(@TempDir Path folder) throws IOException {
        PluginJar.current().provider("plug.ZoneFilter", FILTER).writeTo(folder, "filter.jar");
        PluginJar.current().provider("plug.LastPicker", PICKER).writeTo(folder, "picker.jar");
        PluginJar.current().provider("plug.LowIndex", SCORER.formatted("low-index", 128))
                .provider("plug.Other", SCORER.formatted("other-blocks", 64))
                .provider("plug.First", "public String name() { return \"first\"; }").writeTo(folder, "scorers.jar");
        plugins.addAll(PluginLoader.load(folder));
    }

    @AfterAll
    void closePlugins() {
        plugins.forEach(Plugin::close);
    }

    private Pipelines.Result pipelines(String text) {
        ConfigFile file = ConfigFile.parse("p.yaml", text);
        Strategies.Result strategies = strategies(file);
        return Pipelines.of(file.pipelines(), strategies.usable(), file.routers());
    }

    private Strategies.Result strategies(ConfigFile file) {
        return Strategies.of(plugins, new Strategies.Terms(file.routers(), Map.of(),
                Set.of("low-index", "zone-filter"), TokenizerNames.BUILT_IN));
    }

    private TestShard shard(String text) {
        ConfigFile file = ConfigFile.parse("p.yaml", text);
        Strategies.Result strategies = strategies(file);
        Pipelines.Result made = Pipelines.of(file.pipelines(), strategies.usable(), file.routers());
        assertThat(strategies.problems()).isEmpty();
        assertThat(made.errors()).isEmpty();
        List<Strategy> all = Stream.of(strategies.usable(), made.pieces()).flatMap(List::stream).toList();
        TestShard shard = EngineParts.quarantined(Set.of(), new StrategyCatalog(all, made.usable()));
        shard.fleet().add("p1", "p2", "p3", "p4").label("p1", "zone", "a").label("p2", "zone", "b")
                .label("p3", "zone", "b").label("p4", "zone", "a");
        return shard;
    }

    @Test
    void shouldRouteByPiecesOfSeveralJars() {
        TestShard shard = shard("""
                pipelines:
                  chat:
                    filters: [zone-filter]
                    scorers: {low-index: 3}
                  other-zone:
                    filters: [zone-filter: {zone: b}]
                    picker: last-picker
                  last: {picker: last-picker}
                """);

        assertThat(shard.route("chat")).returns("p1", Routed::pod);
        assertThat(shard.route("other-zone")).returns("p3", Routed::pod);
        assertThat(shard.route("last")).returns("p4", Routed::pod);
    }

    @Test
    void shouldLetSettingsOfAPieceStandOverThoseThatAllShare() {
        TestShard shard = shard("""
                routers: {zone-filter: {zone: b}}
                pipelines:
                  shared: {filters: zone-filter, scorers: low-index}
                  own: {filters: {zone-filter: {zone: a}}, scorers: [low-index: 2]}
                  both: {filters: [zone-filter: {most: 1}, zone-filter: {zone: b}], scorers: [low-index]}
                """);

        assertThat(shard.route("shared")).returns("p2", Routed::pod);
        assertThat(shard.route("own")).returns("p1", Routed::pod);
        assertThat(shard.route("both")).returns("p2", Routed::pod);
    }

    @Test
    void shouldReadWeightsInEachForm() {
        Pipelines.Result made = pipelines("""
                pipelines:
                  a: {scorers: {low-index: 3}}
                  b: {scorers: [low-index]}
                  c: {scorers: [low-index: 4]}
                  d: {scorers: {low-index: {weight: 5}}}
                """);

        assertThat(made.errors()).isEmpty();
        assertThat(made.usable()).extracting(pipeline -> pipeline.scorers().getFirst().weight())
                .containsExactly(3, 1, 4, 5);
        assertThat(made.usable()).allMatch(Pipeline::servedOnLoop)
                .allMatch(pipeline -> pipeline.needs().equals(Needs.hashes(128)));
    }

    record Mistake(String pipeline, String expected) {}

    static Stream<Mistake> mistakes() {
        return Stream.of(
                new Mistake("x: {filters: [zone-filtr]}", "p.yaml:2: pipelines.x.filters: zone-filtr does not exist "
                        + "(did you mean zone-filter?) (there are: zone-filter)"),
                new Mistake("x: {filters: [low-index]}", "p.yaml:2: pipelines.x.filters: low-index is no filter but a "
                        + "scorer (there are: zone-filter)"),
                new Mistake("x: {scorers: [first]}", "p.yaml:2: pipelines.x.scorers: first is no scorer but a strategy "
                        + "(there are: low-index, other-blocks)"),
                new Mistake("x: {picker: zone-filter}", "p.yaml:2: pipelines.x.picker: zone-filter is no picker but a "
                        + "filter (there are: last-picker)"),
                new Mistake("x: {}", "p.yaml:2: pipelines.x: expected filters, scorers or a picker"),
                new Mistake("first: {picker: last-picker}",
                        "p.yaml:2: pipelines.first: there is a strategy of this name already"),
                new Mistake("expression: {picker: last-picker}",
                        "p.yaml:2: pipelines.expression: there is a strategy of this name already"),
                new Mistake("X_y: {picker: last-picker}",
                        "p.yaml:2: pipelines.X_y: expected a name of lower case letters, digits, dashes"),
                new Mistake("x: {scorers: [low-index, low-index: 2]}",
                        "p.yaml:2: pipelines.x.scorers: low-index is given twice"),
                new Mistake("x: {scorers: [low-index, other-blocks]}", "p.yaml:2: pipelines.x: other-blocks needs the "
                        + "prompt prepared in another way than those before it"),
                new Mistake("x: {filters: [zone-filter: {most: many, zne: b}]}",
                        "p.yaml:2: pipelines.x.filters.zone-filter.most: many (expected: integer)"),
                new Mistake("x: {filters: [zone-filter: {most: many, zne: b}]}",
                        "p.yaml:2: pipelines.x.filters.zone-filter.zne: unknown setting (expected: zone, most)"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldSayWhatIsWrong(Mistake mistake) {
        Pipelines.Result made = pipelines("pipelines:\n  " + mistake.pipeline() + "\n  good: {scorers: low-index}\n");

        assertThat(made.errors()).contains(mistake.expected());
        assertThat(made.usable()).extracting(Pipeline::name).containsExactly("good");
    }

    static Stream<Mistake> unreadable() {
        return Stream.of(
                new Mistake("x: {scorers: {low-index: -1}}", "p.yaml:2: pipelines.x.scorers.low-index: weight -1 "
                        + "(expected: a whole number from 1 to 1000000)"),
                new Mistake("x: {scorers: {low-index: {weight: 0.5}}}", "p.yaml:2: pipelines.x.scorers.low-index: "
                        + "weight 0.5 (expected: a whole number from 1 to 1000000)"),
                new Mistake("x: {sorers: []}", "p.yaml:2: pipelines.x: unknown key sorers "
                        + "(expected: filters, scorers, picker)"),
                new Mistake("x: {picker: [a, b]}", "p.yaml:2: pipelines.x.picker: expected one"),
                new Mistake("x: {filters: {zone-filter: 3}}",
                        "p.yaml:2: pipelines.x.filters.zone-filter: expected settings, for example {most: 8}"),
                new Mistake("x: 3", "p.yaml:2: pipelines.x: expected filters, scorers, picker"));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void shouldRefuseWhatCannotBeRead(Mistake mistake) {
        assertThatThrownBy(() -> ConfigFile.parse("p.yaml", "pipelines:\n  " + mistake.pipeline() + "\n"))
                .isInstanceOfSatisfying(InvalidSettingsException.class,
                        e -> assertThat(e.errors()).containsExactly(mistake.expected()));
    }
}
