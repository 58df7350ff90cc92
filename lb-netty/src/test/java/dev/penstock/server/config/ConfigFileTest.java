package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings.Source;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    private static ConfigFile parse(String text) {
        return ConfigFile.parse("p.yaml", text);
    }

    private static ListAssert<String> assertErrors(String text) {
        return assertThatThrownBy(() -> parse(text)).isInstanceOf(InvalidSettingsException.class)
                .extracting(e -> ((InvalidSettingsException) e).errors(),
                        InstanceOfAssertFactories.list(String.class));
    }

    @Test
    void shouldTakeDotsAndSectionsForTheSame() {
        ConfigFile nested = parse("listen:\n  port: 1\n  host: h\n");
        ConfigFile dotted = parse("listen.port: 1\n\nlisten.host: h\n");

        assertThat(nested.settings()).isEqualTo(Map.of("listen.port", new Source("1", "p.yaml:2"),
                "listen.host", new Source("h", "p.yaml:3")));
        assertThat(dotted.settings()).isEqualTo(Map.of("listen.port", new Source("1", "p.yaml:1"),
                "listen.host", new Source("h", "p.yaml:3")));
    }

    @Test
    void shouldMixDotsAndSections() {
        assertThat(parse("a:\n  b.c: 1\na.b:\n  d: {e: 2}\n").settings()).containsOnlyKeys("a.b.c", "a.b.d.e");
    }

    @Test
    void shouldKeepTheTextOfAValueAsItIsWritten() {
        Map<String, Source> settings = parse("a: 010\nb: 'yes'\nc: 1e3\nd: \"\"\ne: 5s # a comment\n").settings();

        assertThat(settings).extractingFromEntries(entry -> entry.getKey() + "=" + entry.getValue().text())
                .containsExactlyInAnyOrder("a=010", "b=yes", "c=1e3", "d=", "e=5s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n", "---\n", "--- # nothing\n", "~\n", "{}\n", "listen:\n",
        "listen: ~\n", "listen: null\n", "listen: {}\n", "listen:\n  # port: 8080\nadmin:\n", "routers:\n",
        "routers:\n  random:\n", "\ufeff# a mark of the byte order\n"})
    void shouldSayNothingWhereNothingIsSaid(String text) {
        ConfigFile file = parse(text);

        assertThat(file.settings()).isEmpty();
        assertThat(file.routers()).isEmpty();
        assertThat(file.hasModels()).isFalse();
        assertThat(file.text()).isEqualTo(text);
    }

    @Test
    void shouldJoinAList() {
        Map<String, Source> settings = parse("a: [x, y]\nb:\n  - 1\n  - two\nc: []\n").settings();

        assertThat(settings).containsEntry("a", new Source("x,y", "p.yaml:1"))
                .containsEntry("b", new Source("1,two", "p.yaml:2")).containsEntry("c", new Source("", "p.yaml:5"));
    }

    @Test
    void shouldFollowAnAliasToWhatItMeans() {
        assertThat(parse("a: &one {x: 1}\nb: *one\n").settings()).containsOnlyKeys("a.x", "b.x");
    }

    @Test
    void shouldLeaveTheModelsToTheCache() {
        ConfigFile file = parse("models:\n  - name: m\n    endpoints: [h:1]\nlisten.port: 5\n");

        assertThat(file.hasModels()).isTrue();
        assertThat(file.settings()).containsOnlyKeys("listen.port");
    }

    @Test
    void shouldSortTheSettingsOfRoutersByStrategy() {
        ConfigFile file = parse("routers:\n  one:\n    block: 64\n    cache.size: 3\nrouters.two.on: true\n");

        assertThat(file.routers()).isEqualTo(Map.of(
                "one", Map.of("block", new Source("64", "p.yaml:3"), "cache.size", new Source("3", "p.yaml:4")),
                "two", Map.of("on", new Source("true", "p.yaml:5"))));
        assertThat(file.settings()).isEmpty();
    }

    @Test
    void shouldNameTheLineOfWhatIsGivenTwice() {
        assertErrors("listen:\n  port: 1\n\nlisten.port: 2\n").containsExactly("p.yaml:4: listen.port is given twice");
        assertErrors("a: 1\na: 2\na: 3\n").containsExactly("p.yaml:2: a is given twice", "p.yaml:3: a is given twice");
        assertErrors("models: []\nmodels: []\n").containsExactly("p.yaml:2: models is given twice");
        assertErrors("routers.r.a: 1\nrouters: {r: {a: 2}}\n")
                .containsExactly("p.yaml:2: routers.r.a is given twice");
    }

    @Test
    void shouldNameTheLineOfARouterWithoutSetting() {
        assertErrors("listen.port: 1\nrouters:\n  random: 5\n")
                .containsExactly("p.yaml:3: routers.random (expected: routers.<strategy>.<setting>)");
    }

    @Test
    void shouldNameEverythingThatIsWrong() {
        assertErrors("a: 1\na: 2\n? [x]\n: 1\nb: [{c: 1}]\n").containsExactly("p.yaml:2: a is given twice",
                "p.yaml:3: expected the name of a setting", "p.yaml:5: expected a list of plain values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"listen: [1\n", "listen:\n\tport: 1\n", "a: b: c\n", "a: 'open\n", "a: 1\n b: 2\n",
        "%\n", "a: *nobody\n", "a: 1\n---\nb: 2\n", "a: \u0001\n", "a: &x {b: *x}\n", "a: &x [*x]\n", "- a\n",
        "plain\n", "a: !!binary |\n  ?\nb: [\n"})
    void shouldSayInOneLineWhatIsBroken(String text) {
        assertErrors(text).hasSize(1).first(InstanceOfAssertFactories.STRING).startsWith("p.yaml")
                .doesNotContain("\n", "null", "Exception");
    }

    @Test
    void shouldNameTheLineOfWhatIsBroken() {
        assertErrors("listen:\n  port: 1\n\tadmin: 2\n").first(InstanceOfAssertFactories.STRING)
                .startsWith("p.yaml:3: ");
        assertErrors("a: 1\nb: *nobody\n").first(InstanceOfAssertFactories.STRING).startsWith("p.yaml:2: ");
        assertErrors("a:\n  b: &x\n    c: *x\n").containsExactly("p.yaml:2: a.b: contains itself");
    }
}
