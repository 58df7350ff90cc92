package dev.penstock.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RoutingBenchTest {

    private static final FleetModel MODEL = FleetModel.STANDARD;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldFindTheHitRatiosThatTheTraceIsKnownFor() throws IOException {
        Yardsticks yardsticks = Yardsticks.of(Traces.conversation(), MODEL);
        assertThat(yardsticks.wrong()).isEmpty();
        assertThat(new Yardsticks(0.366, 0.136, 0.150, 0.062).wrong())
                .containsExactly("hit ratio of one pooled cache: 0.1500 (expected: 0.182)");
    }

    @Test
    void shouldTellOneObjectALine() throws IOException {
        assertThat(run("--quick", "--json", "--requests", "100")).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(3 * Strategies.few().size());
        for (String line : lines) {
            assertThat(fields(line)).containsExactly("strategy", "default", "trace", "scenario", "load", "seeds",
                    "hit_ratio", "hit_of_pooled", "ttft_mean_s", "ttft_p50_s", "ttft_p99_s", "e2e_p99_s",
                    "load_max_over_mean", "goodput", "refused");
        }
        assertThat(lines).filteredOn(line -> line.contains("\"default\":true")).hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("\"strategy\":\"predicted-ttft\""));
        assertThat(err.toString()).contains("one pooled cache 0.182", "33 of 33").doesNotContain("targets hold");
    }

    @Test
    void shouldGiveTheSameFiguresForTheSameSeed() {
        assertThat(run("--quick", "--json", "--requests", "200")).isZero();
        String first = out.toString();
        out.getBuffer().setLength(0);
        assertThat(run("--quick", "--json", "--requests", "200")).isZero();
        assertThat(out.toString()).isEqualTo(first);
    }

    @Test
    void shouldPrintTablesWithTheYardsticksOfTheSameRun() {
        assertThat(run("--quick", "--requests", "100")).isZero();
        assertThat(out.toString()).contains("checks: hits of one cache without bound 0.366",
                "conv-spread, load 10%, 100 requests, mean of 1", "predicted-ttft (default)",
                "(bound of hits) one pooled pod");
    }

    /** What the whole trace shows in a minute, its first sixth shows in a second. */
    @Test
    void shouldRankStrategiesAsTheWholeTraceDoes() throws IOException {
        Trace trace = Traces.conversation().first(2_000);
        Cell cell = new Cell(trace, 0.6, Scenario.PLAIN);
        Outcome roundRobin = simulate(cell, "round-robin");
        Outcome leastRequest = simulate(cell, "least-request");
        Outcome standard = simulate(cell, Strategies.DEFAULT);
        assertThat(leastRequest.ttftMean()).isLessThan(roundRobin.ttftMean());
        assertThat(standard.ttftMean()).isLessThan(0.8 * leastRequest.ttftMean());
        assertThat(standard.hitRatio()).isGreaterThan(0.9 * Yardsticks.of(trace, MODEL).pooled());
        assertThat(standard.loadMaxOverMean()).isLessThan(1.10);
    }

    @Test
    void shouldSendToTheFastPodsWhereSpeedsDiffer() throws IOException {
        Trace trace = Traces.conversation().first(2_000);
        Scenario speeds = new Scenario("two speeds", 1, 4, 0);
        Outcome leastRequest = simulate(new Cell(trace, 0.6, speeds), "least-request");
        Outcome standard = simulate(new Cell(trace, 0.6, speeds), Strategies.DEFAULT);
        assertThat(standard.ttftMean()).isLessThan(leastRequest.ttftMean());
    }

    @Test
    void shouldDoBetterWhereReplicasShareWhatTheyDo() throws IOException {
        Trace trace = Traces.conversation().first(2_000);
        Outcome alone = simulate(new Cell(trace, 0.6, new Scenario("4 replicas", 4, 0, 0)), Strategies.DEFAULT);
        Outcome shared = simulate(new Cell(trace, 0.6, new Scenario("4 that share", 4, 0, 0, 100_000_000)),
                Strategies.DEFAULT);
        assertThat(shared.hitRatio()).isGreaterThan(1.1 * alone.hitRatio());
        assertThat(shared.ttftMean()).isLessThan(alone.ttftMean());
    }

    @Test
    void shouldCompareEachStrategyOrSayWhyNot() throws IOException {
        List<String> compared = Strategies.all().stream().map(Strategy::expression).toList();
        List<String> not = Routers.find().stream().filter(router -> !router.filters() && !router.picks())
                .map(RouterProvider::name)
                .filter(name -> compared.stream().noneMatch(expression -> Arrays.asList(expression.split("[:,]"))
                        .contains(name)))
                .toList();
        assertThat(not).containsExactly("slo-least-load-pulling");
        assertThat(Files.readString(Path.of("..", "..", "docs", "benchmarks.md"))).contains("Not in it", "`pd`",
                "`slo-least-load-pulling`");
    }

    @Test
    void shouldLetStrategiesSeeWhatEnginesReport() throws IOException {
        Trace trace = Traces.conversation().first(2_000);
        Cell cell = new Cell(trace, 0.6, Scenario.PLAIN);
        Outcome leastRequest = simulate(cell, "least-request");
        assertThat(simulate(cell, "least-load").ttftMean()).isLessThan(0.9 * leastRequest.ttftMean());
        assertThat(simulate(cell, "throughput").ttftMean()).as("herds between two reports")
                .isGreaterThan(2 * leastRequest.ttftMean());
    }

    @Test
    void shouldLetStrategiesSeeSessions() throws IOException {
        Trace trace = Traces.conversation().first(2_000);
        Cell cell = new Cell(trace, 0.6, Scenario.PLAIN);
        double pooled = Yardsticks.of(trace, MODEL).pooled();
        assertThat(simulate(cell, "sticky-session").hitRatio()).isGreaterThan(0.8 * pooled);
        assertThat(simulate(cell, "session-affinity").hitRatio()).isGreaterThan(0.8 * pooled);
    }

    @Test
    void shouldCountWhatIsTurnedAway() throws IOException {
        Cell cell = new Cell(Traces.conversation().first(1_000), 1.1, Scenario.PLAIN);
        Strategy narrow = Strategy.of("fair-queue").with("2", "max-in-flight", "2");
        Outcome outcome = simulate(cell, narrow);
        assertThat(outcome.refused()).isBetween(0.05, 0.5);
        assertThat(outcome.goodput()).isLessThan(1 - outcome.refused());
        assertThat(simulate(cell, narrow)).isEqualTo(outcome);
        assertThat(simulate(cell, "fair-queue").refused()).isZero();
    }

    @Test
    void shouldReadTracesOfTheUser(@TempDir Path folder) throws IOException {
        Path jsonl = Files.writeString(folder.resolve("mine.jsonl"), """
                {"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 1], "more": {"a": [1]}}

                {"timestamp": 3000, "input_length": 700, "output_length": 0, "hash_ids": [0, 2]}
                """);
        Trace trace = Traces.read(jsonl, MODEL);
        assertThat(trace.requests()).hasSize(2);
        assertThat(trace.requests().getLast().arrivalNanos()).isEqualTo(3_000_000_000L);
        assertThat(trace.requests().getLast().outputTokens()).isEqualTo(1);
        assertThat(trace.requests().getFirst().routed().prefixHashes()).hasSize(600 / 32)
                .startsWith(trace.requests().getLast().routed().prefixHashes()[0]);
        Path csv = Files.writeString(folder.resolve("mine.csv"), """
                TIMESTAMP,ContextTokens,GeneratedTokens
                2023-11-16 18:15:46.5000000,374,44
                2023-11-16 18:15:48.0000000,396,109
                """);
        Trace unshared = Traces.read(csv, MODEL);
        assertThat(unshared.requests().getLast().arrivalNanos()).isEqualTo(1_500_000_000L);
        assertThat(unshared.requests().getFirst().blocks()).doesNotContain(unshared.requests().getLast().blocks());
        assertThat(run("--quick", "--json", "--trace", jsonl.toString())).isZero();
        assertThat(out.toString()).contains("\"trace\":\"mine.jsonl\"");
    }

    @Test
    void shouldNameTheLineThatCannotBeRead(@TempDir Path folder) throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.jsonl"), """
                {"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 1]}
                {"timestamp": 1}
                """);
        assertThatThrownBy(() -> Traces.read(broken, MODEL)).hasMessageContaining("broken.jsonl, line 2");
        assertThat(run("--trace", broken.toString())).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("penstock: broken.jsonl, line 2");
        assertThat(run("--trace", folder.resolve("none").toString())).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("--seeds", "0")).isEqualTo(CommandLine.ExitCode.USAGE);
    }

    private int run(String... arguments) {
        return new CommandLine(new RoutingBenchCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private static Outcome simulate(Cell cell, String strategy) throws IOException {
        return simulate(cell, Strategy.of(strategy));
    }

    private static Outcome simulate(Cell cell, Strategy strategy) throws IOException {
        return Simulation.run(new Simulation.Fleet(Routers.find(), MODEL), strategy, cell, 1);
    }

    private static List<String> fields(String line) throws IOException {
        List<String> fields = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(line)) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                if (json.currentToken() == JsonToken.FIELD_NAME) {
                    fields.add(json.currentName());
                }
            }
        }
        return fields;
    }
}
