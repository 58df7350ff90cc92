package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says and does, with good and with bad input: one clear line for each error, nothing more. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class ServeIT {

    private static final String MODEL = "sim-model";
    private static final String GOOD = "models:\n  - name: m\n    endpoints: [\"127.0.0.1:1\"]\n";
    /** Decodes at 20 ms a token: a stream of 64 tokens takes more than a second. */
    private static final TimeModel SLOW = new TimeModel(1_000_000, 20_000_000, 0, 256);

    /** Decodes a token a second: a stream does not end while a test runs. */
    private static final TimeModel ENDLESS = new TimeModel(1_000_000, 1_000_000_000, 0, 256);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    private String file(String text) throws IOException {
        return Files.writeString(directory.resolve("p.yaml"), text).toString();
    }

    /** It ended with this status, and said this in one line and nothing else that is more than information. */
    private static void assertSays(Distribution.Outcome outcome, int status, String... parts) {
        assertThat(outcome.errors()).filteredOn(line -> !line.matches("\\S+Z info .*")).singleElement().asString()
                .startsWith("penstock: ").contains(parts).doesNotContain("Exception");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.status()).isEqualTo(status);
    }

    // ---- bad input

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldNameAnOptionThatThereIsNot(String command) throws Exception {
        assertSays(Distribution.launch(command, "--portt=1"), 2, "--portt", "did you mean --port?",
                command + " --help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldNameAFileThatIsMissing(String command) throws Exception {
        String missing = directory.resolve("missing.yaml").toString();

        assertSays(Distribution.launch(command, "--config", missing), 1, missing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldNameTheLineOfBrokenYaml(String command) throws Exception {
        String config = file(GOOD + "listen:\n\tport: 1\n");

        assertSays(Distribution.launch(command, "--config", config), 1, config + ":5: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldSuggestTheSettingThatWasMeant(String command) throws Exception {
        String config = file(GOOD + "listen.prot: 1\n");

        assertSays(Distribution.launch(command, "--config", config), 1,
                config + ":4: unknown setting listen.prot (did you mean listen.port?)");
    }

    @Test
    void shouldSuggestTheVariableThatWasMeant() throws Exception {
        Distribution.Outcome outcome = Distribution.launch(Map.of("PENSTOCK_LISTEN_PROT", "1"), "check", "--config",
                file(GOOD));

        assertSays(outcome, 1, "PENSTOCK_LISTEN_PROT", "(did you mean PENSTOCK_LISTEN_PORT?)");
    }

    @Test
    void shouldNameThePortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            String config = file(GOOD + "listen.host: 127.0.0.1\n");

            assertSays(Distribution.launch("serve", "-c", config, "-p", port, "-a", "0"), 1, port, "in use");
            assertSays(Distribution.launch("serve", "-c", config, "-p", "0", "-a", port), 1, port, "in use");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldNameAStrategyThatThereIsNot(String command) throws Exception {
        String config = file(GOOD + "routing.strategy: least-requests\n");

        assertSays(Distribution.launch(command, "--config", config), 1, "least-requests", "least-request,",
                "round-robin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldAskForModels(String command) throws Exception {
        String config = file("listen.port: 0\n");

        assertSays(Distribution.launch(command, "--config", config), 1, config, "models");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldNameTheLineOfABadEndpoint(String command) throws Exception {
        String config = file("models:\n  - name: m\n    endpoints:\n      - nowhere:port\n");

        assertSays(Distribution.launch(command, "--config", config), 1, config + ":4:", "nowhere:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check"})
    void shouldNameABadSettingOfARouter(String command) throws Exception {
        String config = file(GOOD + "routers.random.speed: 5\n");

        assertSays(Distribution.launch(command, "--config", config), 1, "routers.random.speed");
    }

    @Test
    void shouldNameAllThatIsWrongAtOnce() throws Exception {
        String config = file(GOOD + "listen.port: 99999\ntimeouts.connect: soon\n");
        Distribution.Outcome outcome = Distribution.launch("check", "--config", config);

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.errors()).hasSize(2).allMatch(line -> line.startsWith("penstock: " + config + ":"));
    }

    // ---- good input

    @Test
    void shouldFindAGoodConfigurationGood() throws Exception {
        Distribution.Outcome outcome = Distribution.launch("check", "--config", file(GOOD));

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith("good: ").contains("least-request").hasLineCount(1);
        assertThat(outcome.status()).isZero();
    }

    @Test
    void shouldFindItsOwnConfigurationGood() throws Exception {
        Distribution.Outcome outcome = Distribution.launch("check", "--config",
                Distribution.home().resolve("conf/penstock.yaml").toString());

        assertThat(outcome.status()).as(outcome.err()).isZero();
    }

    @Test
    void shouldSayWhichVersionItIs() throws Exception {
        Distribution.Outcome outcome = Distribution.launch("version");

        assertThat(outcome.out()).startsWith("penstock 0.").contains("java 2", "netty 4.2");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check", "version", "demo", "sim", "bench"})
    void shouldExplainACommand(String command) throws Exception {
        Distribution.Outcome outcome = Distribution.launch(command, "--help");

        assertThat(outcome.out()).contains("Usage:", command);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
    }

    @Test
    void shouldShowTheDemoAndEnd() throws Exception {
        Distribution.Outcome outcome = Distribution.launch("demo", "--once", "--port", "0", "--admin-port", "0");

        assertThat(outcome.status()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out().lines().filter(line -> line.contains("requests by pod"))).singleElement().asString()
                .matches(".*=[1-9]\\d*.*=[1-9]\\d*.*");
        assertThat(outcome.err()).doesNotContain("Exception");
    }

    // ---- while it runs

    @Test
    void shouldLetARunningStreamEndWhenItIsTerminated() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(SLOW).outputTokens(64).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()))) {
            HttpResponse<Stream<String>> response = penstock.chat(MODEL, true);
            Iterator<String> lines = response.body().iterator();
            assertThat(lines.next()).startsWith("data: ");

            penstock.terminate();
            String last = "";
            while (lines.hasNext()) {
                String line = lines.next();
                last = line.isEmpty() ? last : line;
            }

            assertThat(last).isEqualTo("data: [DONE]");
            // 128 + 15: what a Java machine answers to SIGTERM, and what orchestrators take for a clean stop.
            assertThat(penstock.awaitEnd()).isEqualTo(143);
            assertThat(penstock.text()).doesNotContain("Exception");
        }
    }

    @Test
    void shouldTellInARunningStreamThatItsTimeIsUp() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(ENDLESS).outputTokens(64).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()),
                        "--set", "shutdown.grace=1s")) {
            Iterator<String> lines = penstock.chat(MODEL, true).body().iterator();
            assertThat(lines.next()).startsWith("data: ");

            penstock.terminate();

            assertThat(penstock.awaitEnd()).isEqualTo(143);
            assertThat(rest(lines)).contains("server shutdown in progress").doesNotContain("[DONE]");
            assertThat(penstock.text()).contains("requests that had to be broken off: 1");
        }
    }

    @Test
    void shouldEndAtOnceWhenItIsTerminatedTwice() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(ENDLESS).outputTokens(64).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()),
                        "--set", "shutdown.grace=1h")) {
            Iterator<String> lines = penstock.chat(MODEL, true).body().iterator();
            assertThat(lines.next()).startsWith("data: ");

            penstock.terminate();
            penstock.await("aware of the signal", () -> penstock.admin("/readyz").statusCode() == 503);
            penstock.terminate();

            assertThat(penstock.awaitEnd()).isEqualTo(143);
            assertThat(rest(lines)).doesNotContain("server shutdown in progress", "[DONE]");
        }
    }

    /** What still comes of a stream, before it ends in one way or another. */
    private static String rest(Iterator<String> lines) {
        StringBuilder rest = new StringBuilder();
        try {
            while (lines.hasNext()) {
                rest.append(lines.next()).append('\n');
            }
        } catch (UncheckedIOException e) {
            rest.append("<broken off>");
        }
        return rest.toString();
    }

    @Test
    void shouldTakeAnEndpointThatIsAddedWhileItRuns() throws Exception {
        try (SimFleet fleet = SimFleet.builder().engines(2).model(MODEL).time(TimeModel.zero()).start()) {
            List<String> all = fleet.addresses();
            Path config = RunningPenstock.configuration(directory, MODEL, all.subList(0, 1));
            try (RunningPenstock penstock = RunningPenstock.serve(config)) {
                assertThat(penstock.admin("/admin/snapshot").body()).contains(all.get(0)).doesNotContain(all.get(1));

                RunningPenstock.configuration(directory, MODEL, all);

                penstock.await("aware of the new endpoint",
                        () -> penstock.admin("/admin/snapshot").body().contains(all.get(1)));
                try (Stream<String> answer = penstock.chat(MODEL, false).body()) {
                    assertThat(answer).anyMatch(line -> line.contains("choices"));
                }
            }
        }
    }

    @Test
    void shouldRouteByEachStrategyAndSayWhatStandsInForFigures() throws Exception {
        try (SimFleet fleet = SimFleet.builder().engines(2).model(MODEL).time(TimeModel.zero()).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()))) {
            for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
                HttpResponse<Stream<String>> answer = routed(penstock, provider.name());
                if (provider.filters() || provider.picks()) {
                    assertThat(answer.statusCode()).as(provider.name()).isEqualTo(400);
                    continue;
                }
                if (provider.name().equals("pd")) {
                    // Pods without roles.
                    assertThat(answer.statusCode()).isEqualTo(503);
                    continue;
                }
                assertThat(answer.statusCode()).as(provider.name()).isEqualTo(200);
                assertThat(answer.headers().firstValue("target-pod")).as(provider.name()).isPresent();
                assertThat(answer.headers().firstValue("x-penstock-routing").orElse("")).as(provider.name())
                        .matches(provider.name().equals("prefix-match") ? "fallback=prefix_match_alone"
                                : "|" + provider.name() + "=[a-z_]+");
            }
            penstock.await("told by the engines how full their caches are", () -> routed(penstock, "least-kv-cache")
                    .headers().firstValue("x-penstock-routing").isEmpty());
            assertThat(routed(penstock, "bounded-hash").headers().firstValue("x-penstock-routing"))
                    .hasValue("bounded-hash=in_flight");
            assertThat(penstock.admin("/metrics").body()).contains(
                    "penstock_router_events_total{event=\"substituted_in_flight\",strategy=\"bounded-hash\"} 2");
        }
    }

    private static HttpResponse<Stream<String>> routed(RunningPenstock penstock, String strategy) throws Exception {
        HttpResponse<Stream<String>> answer = penstock.chat(MODEL, false, "routing-strategy", strategy,
                "x-penstock-routing", "true");
        answer.body().close();
        return answer;
    }

    @Test
    void shouldKeepWhatWasGoodWhenAnEditIsBroken() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(TimeModel.zero()).start()) {
            Path config = RunningPenstock.configuration(directory, MODEL, fleet.addresses());
            String good = Files.readString(config);
            try (RunningPenstock penstock = RunningPenstock.serve(config)) {
                Files.writeString(config, good + "listen:\n\tport: 1\n");

                String where = config.getFileName() + ":5:";
                penstock.await("aware of the error",
                        () -> penstock.admin("/admin/config").body().contains(where)
                                && penstock.admin("/admin/snapshot").body().contains(where));
                assertThat(penstock.admin("/admin/snapshot").body()).contains(fleet.addresses());
                assertThat(penstock.admin("/readyz").statusCode()).isEqualTo(200);
                HttpResponse<Stream<String>> answer = penstock.chat(MODEL, false);
                answer.body().close();
                assertThat(answer.statusCode()).isEqualTo(200);

                Files.writeString(config, good + "# mended\n");

                penstock.await("rid of the error",
                        () -> !penstock.admin("/admin/config").body().contains(where)
                                && !penstock.admin("/admin/snapshot").body().contains(where));
            }
        }
    }

    @Test
    void shouldTakeALiveSettingThatIsChangedWhileItRuns() throws Exception {
        Path config = Path.of(file(GOOD));
        try (RunningPenstock penstock = RunningPenstock.serve(config)) {
            Files.writeString(config, GOOD + "timeouts.connect: 123ms\n");

            penstock.await("aware of the setting", () -> penstock.admin("/admin/config").body().contains("123ms"));
        }
    }

    @Test
    void shouldShowTheTracesOfItsRequests() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(TimeModel.zero()).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()))) {
            penstock.chat(MODEL, false).body().close();

            penstock.await("at the end of a window",
                    () -> penstock.admin("/admin/traces?model=" + MODEL).body().contains("\"meta_total_reqs\":1"));

            Distribution.Outcome table = Distribution.launch("trace", "--url",
                    "http://localhost:" + penstock.adminPort() + "/admin/traces");
            assertThat(table.status()).isZero();
            assertThat(table.out().lines()).hasSizeGreaterThan(1).anyMatch(line -> line.contains(MODEL));
        }
    }

    @Test
    void shouldTraceNothingWhenToldSo() throws Exception {
        try (RunningPenstock penstock = RunningPenstock.serve(Path.of(file(GOOD)), "--set", "traces.enabled=false")) {
            assertThat(penstock.admin("/admin/traces").body()).contains("\"windows\" : [ ]");
            Distribution.Outcome table = Distribution.launch("trace", "--url",
                    "http://localhost:" + penstock.adminPort() + "/admin/traces");
            assertThat(table.out().strip()).startsWith("no traces yet").doesNotContain("\n");
        }
    }
}
