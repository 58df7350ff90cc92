package dev.penstock.cache.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.ModelSpec;
import dev.penstock.cache.snapshot.PodSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FleetFileTest {

    private static FleetSpec good(String text) {
        FleetFile.Result result = FleetFile.parse(text, "f.yaml");
        assertThat(result).isInstanceOf(FleetFile.Parsed.class);
        return ((FleetFile.Parsed) result).fleet();
    }

    private static List<String> errors(String text) {
        FleetFile.Result result = FleetFile.parse(text, "f.yaml");
        assertThat(result).isInstanceOf(FleetFile.Refused.class);
        return ((FleetFile.Refused) result).errors().stream().map(FileError::toString).toList();
    }

    private static String endpoints(String list) {
        return "models: [{name: m, endpoints: " + list + "}]";
    }

    @Test
    void shouldReadItsOwnForm() {
        FleetSpec fleet = good("""
                models:
                  - name: llama-3-8b
                    engine: sglang
                    endpoints:
                      - 10.0.0.1:8000
                      - "[::1]:8001"
                      - Host.Name
                      - address: 10.0.0.2:9000
                        name: gold-1
                        labels: {tier: platinum, spare: }
                        group: special
                    labels: {tier: gold, rank: 7}
                    aliases: [gpt-4]
                    strategy: round-robin
                  - name: other
                    endpoints: [10.0.0.9]
                    locked-strategy: random
                """);

        assertThat(fleet.models()).containsExactly(
                new ModelSpec("llama-3-8b", Set.of("gpt-4"), "round-robin", null),
                new ModelSpec("other", Set.of(), null, "random"));
        assertThat(fleet.pods()).extracting(pod -> pod.host() + " " + pod.ports()).containsExactly("10.0.0.1 [8000]",
                "::1 [8001]", "host.name [8000]", "10.0.0.2 [9000]", "10.0.0.9 [8000]");
        PodSpec first = fleet.pods().get(0);
        assertThat(first.engine()).isEqualTo("sglang");
        assertThat(first.ready()).isTrue();
        assertThat(first.identity().key()).isEqualTo("standalone/10.0.0.1-8000");
        assertThat(first.labels()).containsEntry("tier", "gold").containsEntry("rank", "7")
                .containsEntry("model.aibrix.ai/name", "llama-3-8b").containsEntry("model.aibrix.ai/engine", "sglang")
                .containsEntry("model.aibrix.ai/port", "8000");
        PodSpec special = fleet.pods().get(3);
        assertThat(special.identity().name()).isEqualTo("gold-1");
        assertThat(special.group()).isEqualTo("special");
        assertThat(special.labels()).containsEntry("tier", "platinum").containsEntry("spare", "");
        assertThat(fleet.pods().get(4).engine()).isEqualTo("vllm");
    }

    @Test
    void shouldReadTheStandaloneFormOfAibrix() {
        FleetSpec fleet = good("""
                models:
                  - name: qwen
                    engine: vllm
                    endpoints:
                      - "10.1.0.1:8000"
                      - "10.1.0.2:8000"
                  - name: deepseek
                    engine: sglang
                    rolesets:
                      - name: pool-0
                        prefill: ["10.2.0.1:30000"]
                        decode: ["10.2.0.2:30000", "10.2.0.3:30000"]
                      - name: pool-1
                        prefill: ["10.2.0.4:30000"]
                        decode: ["10.2.0.5:30000"]
                """);

        assertThat(fleet.pods()).hasSize(7);
        assertThat(fleet.pods()).filteredOn(pod -> "decode".equals(pod.labels().get("role-name")))
                .extracting(pod -> pod.labels().get("roleset-name")).containsExactly("pool-0", "pool-0", "pool-1");
        PodSpec prefill = fleet.pods().get(2);
        assertThat(prefill.labels()).containsEntry("role-name", "prefill").containsEntry("roleset-name", "pool-0")
                .containsEntry("model.aibrix.ai/name", "deepseek").containsEntry("model.aibrix.ai/engine", "sglang");
        assertThat(prefill.identity().namespace()).isEqualTo("standalone");
    }

    @Test
    void shouldMakeOnePodOfAnEndpointThatServesSeveralModels() {
        FleetSpec fleet = good("""
                models:
                  - {name: a, endpoints: ["h:1"]}
                  - {name: b, endpoints: ["H:1", "h:2"]}
                """);

        assertThat(fleet.pods()).hasSize(2);
        assertThat(fleet.pods().get(0).models()).containsExactlyInAnyOrder("a", "b");
        assertThat(fleet.pods().get(0).labels()).containsEntry("model.aibrix.ai/name", "a");
    }

    @Test
    void shouldReadAdapters() {
        FleetSpec fleet = good("""
                models:
                  - name: base
                    endpoints: ["a:1", {address: "b:1", name: second}]
                    adapters: [sql, {name: chat, endpoints: ["B:1"]}]
                  - {name: other, endpoints: ["c:1"]}
                """);

        assertThat(fleet.adapters()).containsExactly(
                new AdapterSpec("standalone", "sql", Set.of("a-1", "second")),
                new AdapterSpec("standalone", "chat", Set.of("second")));
        assertThat(fleet.pods()).extracting(PodSpec::models).containsExactly(Set.of("base"), Set.of("base"),
                Set.of("other"));
    }

    @Test
    void shouldReadSplits() {
        FleetSpec fleet = good("""
                models:
                  - {name: blue, endpoints: ["a:1"], adapters: [lora], aliases: [azure]}
                  - {name: green, endpoints: discovered, strategy: random}
                  - {name: chat, split: {blue: 80, green: 15, lora: 5, azure: 0}, aliases: [talk]}
                  - {name: self, endpoints: ["b:1"], split: {self: 9, green: 1}}
                """);

        assertThat(fleet.models()).containsExactly(new ModelSpec("blue", Set.of("azure"), null, null),
                new ModelSpec("green", Set.of(), "random", null),
                new ModelSpec("chat", Set.of("talk"), null, null,
                        Map.of("blue", 80, "green", 15, "lora", 5, "azure", 0)),
                new ModelSpec("self", Set.of(), null, null, Map.of("self", 9, "green", 1)));
        assertThat(fleet.pods()).extracting(PodSpec::host).containsExactly("a", "b");
    }

    @Test
    void shouldTellWhatIsWrongWithAdaptersAndSplits() {
        assertThat(errors("""
                models:
                  - name: base
                    endpoints: ["a:1"]
                    adapters:
                      - base
                      - {endpoints: ["a:1"]}
                      - {name: x, endpoints: ["z:1"]}
                      - {name: y, nodes: 1}
                  - name: chat
                    split: {nobody: 1, base: -1, deeper: 2, x: many}
                  - {name: deeper, split: {base: 0}}
                  - {name: neither}
                """)).containsExactly(
                "f.yaml:5:9: the name base is given twice, to models, aliases or adapters",
                "f.yaml:6:9: adapter of base: name is missing",
                "f.yaml:7:31: adapter x: base has no endpoint z:1",
                "f.yaml:8:19: adapter of base: unknown key nodes (known: endpoints, name)",
                "f.yaml:10:30: split of chat: expected a weight from 0 to 1000000 for base",
                "f.yaml:10:48: split of chat: expected a weight from 0 to 1000000 for x",
                "f.yaml:11:27: split of deeper: weights: 0 of 1 above 0 (expected: 1 to 1000)",
                "f.yaml:12:5: model neither: expected endpoints, rolesets or split",
                "f.yaml:10:21: split of chat: there is no model nobody",
                "f.yaml:10:42: split of chat: deeper is split itself");
    }

    @Test
    void shouldKeepTheUidOfAnAddressOverEdits() {
        String before = good(endpoints("[h]")).pods().get(0).identity().uid();

        String after = good("models: [{name: x, labels: {a: b}, endpoints: [i, 'h:8000']}]").pods().get(1).identity()
                .uid();

        assertThat(after).isEqualTo(before);
    }

    @Test
    void shouldTakeOtherKeysInTheConfigurationFileOnly() {
        String text = "port: 8080\n" + endpoints("[h]");

        assertThat(FleetFile.parse(text, "f.yaml", FleetFile.Scope.SECTION, Set.of()))
                .isInstanceOf(FleetFile.Parsed.class);
        assertThat(errors(text)).containsExactly("f.yaml:1:1: the file: unknown key port (known: models)");
    }

    @Test
    void shouldTellAllErrorsAtOnceWithTheirPlaces() {
        assertThat(errors("""
                models:
                  - name: a
                    endpionts: [h]
                    endpoints: ["h:0", h, h, "h:8000"]
                  - endpoints: [h]
                  - name: a
                    endpoints: []
                  - name: b
                    aliases: [a]
                    endpoints: [g]
                    rolesets: []
                  - name: c
                    rolesets:
                      - name: r
                      - {name: r, prefill: [i]}
                """)).containsExactly(
                "f.yaml:3:5: model: unknown key endpionts (known: adapters, aliases, default-profile, endpoints,"
                        + " engine, labels, locked-strategy, name, pool, profiles, rolesets, split, strategy)",
                "f.yaml:4:17: expected a port from 1 to 65535: h:0",
                "f.yaml:4:27: model a lists h:8000 twice",
                "f.yaml:4:30: model a lists h:8000 twice",
                "f.yaml:5:5: model: name is missing",
                "f.yaml:6:11: the name a is given twice, to models, aliases or adapters",
                "f.yaml:7:16: endpoints of a: must not be empty",
                "f.yaml:9:15: the name a is given twice, to models, aliases or adapters",
                "f.yaml:8:5: model b: expected either endpoints or rolesets",
                "f.yaml:14:9: roleset r: expected prefill, decode or both",
                "f.yaml:15:16: model c has two rolesets r");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "http://h:1|f.yaml:1:32: expected host:port, without a scheme: http://h:1",
            "'::1'|f.yaml:1:32: an IPv6 address wants brackets, as in \"[::1]:8000\": ::1",
            "'[::1'|f.yaml:1:32: the bracket of the IPv6 address is not closed: [::1",
            "'[::g]'|f.yaml:1:32: not an IPv6 address: ::g",
            "'[::1]x'|f.yaml:1:32: expected a port from 1 to 65535: [::1]x",
            "'h:'|f.yaml:1:32: expected a port from 1 to 65535: h:",
            "'h:65536'|f.yaml:1:32: expected a port from 1 to 65535: h:65536",
            "'h:+1'|f.yaml:1:32: expected a port from 1 to 65535: h:+1",
            "10.0.0.256|f.yaml:1:32: not a host name or IP address: 10.0.0.256",
            "10.0.0|f.yaml:1:32: not a host name or IP address: 10.0.0",
            "a b|f.yaml:1:32: not a host name or IP address: a b",
            "''|f.yaml:1:32: endpoint: must not be empty",
            "~|f.yaml:1:32: endpoint: must not be empty",
            "[::1]:8000|f.yaml:1:33: not YAML: while parsing a flow node: expected the node content, but found ':'",
            "{name: x}|f.yaml:1:32: endpoint of m: address is missing",
    })
    void shouldRefuseABadAddress(String address, String error) {
        List<String> errors = errors(endpoints("[" + address + "]"));
        assertThat(errors).hasSize(1);
        assertThat(errors.get(0)).isEqualTo(error);
    }

    @Test
    void shouldRefuseContradictions() {
        assertThat(errors("""
                models:
                  - {name: a, engine: vllm, endpoints: [h], labels: {x: 1}}
                  - {name: b, engine: sglang, endpoints: [h], labels: {x: 2}}
                  - {name: c, endpoints: [{address: g, name: pod}, {address: f, name: pod}]}
                """)).containsExactly(
                "f.yaml:3:23: h:8000 has two values of engine: vllm and sglang",
                "f.yaml:3:59: h:8000 has two values of label x: 1 and 2",
                "f.yaml: the name pod is given to g:8000 and to f:8000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing", "~", "[]", "models:", "models: {}", "models: []", "models: [1]", "a: b",
        "models: [", "\t", "models: &a [*a]", "? [a]\n: b", "models: [{name: m, endpoints: [h], name: m}]",
        "--- a\n--- b", "%YAML 9.9\n---\na", "models: [{name: {}, endpoints: [h]}]", "\u0000", "!!binary |", "*x",
        "models: [{name: m, endpoints: [h], labels: {a: [b]}}]", "models: [{name: m, endpoints: [h], engine: }]"})
    void shouldRefuseWhatIsNoFleet(String text) {
        assertThat(errors(text)).isNotEmpty().allMatch(error -> error.startsWith("f.yaml:"));
    }

    @Test
    void shouldRefuseNestingThatNoStackHolds() {
        assertThat(errors("models: " + "[".repeat(100_000))).hasSize(1).first().asString()
                .endsWith("nested too deeply");
    }

    @Test
    void shouldRefuseASmallFileThatSaysTooMuch() {
        String hosts = String.join(",", IntStream.range(0, 2_000).mapToObj(i -> "h" + i).toList());
        StringBuilder text = new StringBuilder("models:\n- {name: m, endpoints: &e [" + hosts + "]}\n");
        for (int i = 0; i < 130; i++) {
            text.append("- {name: m").append(i).append(", endpoints: *e}\n");
        }

        assertThat(errors(text.toString())).first().asString().endsWith("more than 250000 endpoints");
    }

    @Test
    void shouldPutTheEndpointsOfAModelIntoItsPool() {
        String text = """
                models:
                  - {name: a, pool: secure, endpoints: ["h:1", "h:2"]}
                  - {name: b, endpoints: ["h:2", "h:3"]}
                """;
        assertThat(FleetFile.parse(text, "f.yaml", FleetFile.Scope.WHOLE, Set.of("secure")))
                .isInstanceOfSatisfying(FleetFile.Parsed.class, parsed -> assertThat(parsed.fleet().pods())
                        .extracting(pod -> pod.annotations().get("penstock.dev/pool"))
                        .containsExactly("secure", "secure", null));
    }

    @Test
    void shouldRefusePoolsThatAreNotThereOrContradictEachOther() {
        String text = """
                pools: [{name: one}, {name: two}]
                models:
                  - {name: a, pool: one, endpoints: ["h:1"]}
                  - {name: b, pool: two, endpoints: ["h:1"]}
                  - {name: c, pool: three, endpoints: ["h:3"]}
                """;
        assertThat(FleetFile.parse(text, "f.yaml", FleetFile.Scope.SECTION, Set.of()))
                .isInstanceOfSatisfying(FleetFile.Refused.class, refused -> assertThat(refused.errors())
                        .extracting(FileError::toString).containsExactly(
                                "f.yaml:4:38: h:1 has two values of pool: one and two",
                                "f.yaml:5:21: model c: there is no pool three (known: one, two)"));
    }
}
