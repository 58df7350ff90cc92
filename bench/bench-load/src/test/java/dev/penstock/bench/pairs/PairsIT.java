package dev.penstock.bench.pairs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.EngineRole;
import dev.penstock.bench.sim.Fault;
import dev.penstock.bench.sim.KvConnector;
import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.Tally;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.routers.kvcache.PrefixMatchProvider;
import dev.penstock.routers.pd.PdProvider;
import dev.penstock.server.Penstock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The strategy {@code pd} through the whole balancer: two rolesets of engines that accept nothing but their half. */
@Timeout(60)
class PairsIT {

    private static final TimeModel ENDLESS = new TimeModel(0, 1_000_000_000, 0, 256);
    private static final String ERROR = "{\"error\"";

    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable SimFleet fleet;
    private @Nullable Penstock penstock;

    @AfterEach
    void close() {
        client.shutdownNow();
        if (penstock != null) {
            penstock.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    /** Engines sim-0 and sim-1 are the halves of one roleset, sim-2 and sim-3 those of another one. */
    private SimFleet start(KvConnector connector, TimeModel time) {
        SimFleet engines = SimFleet.builder().engines(4).model("m").roles(EngineRole.PREFILL, EngineRole.DECODE)
                .connector(connector).time(time).outputTokens(4).start();
        fleet = engines;
        String engine = switch (connector) {
            case SGLANG, TRTLLM -> connector.toString();
            case SHFS, NIXL, MOONCAKE -> "vllm";
        };
        Penstock.Builder builder = Penstock.builder().provider(new PdProvider()).provider(new PrefixMatchProvider())
                .config("test", "models:\n  - name: m\n    engine: " + engine + "\n    rolesets:\n"
                        + roleset("a", engines.engine(0), engines.engine(1))
                        + roleset("b", engines.engine(2), engines.engine(3))
                        + "routers: {pd: {connector: " + (engine.equals("vllm") ? connector : "shfs") + "}}\n");
        Map.of("listen.host", "127.0.0.1", "listen.port", "0", "admin.port", "0", "warm-up.requests", "0",
                "routing.strategy", "pd", "scrape.enabled", "false")
                .forEach((name, value) -> builder.setting(name, value, "test"));
        penstock = builder.start();
        return engines;
    }

    private static String roleset(String name, SimEngine prefill, SimEngine decode) {
        return "      - {name: " + name + ", prefill: [{address: \"" + prefill.address()
                + "\", labels: {penstock.dev/mooncake-engine-id: " + prefill.name() + "}}], decode: [\""
                + decode.address() + "\"]}\n";
    }

    private HttpRequest request(String path, boolean stream) {
        Penstock running = penstock;
        assertThat(running).isNotNull();
        String prompt = path.endsWith("chat/completions") ? "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
                : "\"prompt\":\"hi\"";
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running.port() + path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"m\",\"stream\":" + stream + "," + prompt
                        + ",\"max_tokens\":4,\"seed\":9007199254740993}")).build();
    }

    private HttpResponse<String> send(String path, boolean stream) throws Exception {
        return client.send(request(path, stream), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheTwoHalvesDoneByOneRoleset(KvConnector connector) throws Exception {
        SimFleet engines = start(connector, TimeModel.zero());
        for (String path : new String[] {"/v1/chat/completions", "/v1/completions"}) {
            for (boolean stream : new boolean[] {false, true}) {
                long[] before = requests(engines);
                HttpResponse<String> answer = send(path, stream);

                assertThat(answer.body()).as("%s, stream: %s", path, stream).doesNotContain(ERROR)
                        .containsPattern("\\[sim-[13]]");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body().contains("[DONE]")).isEqualTo(stream);
                long[] after = requests(engines);
                int half = after[1] > before[1] ? 0 : 2;
                assertThat(answer.body()).contains("[sim-" + (half + 1) + "]");
                before[half]++;
                before[half + 1]++;
                assertThat(after).as("one request at both halves of a roleset").isEqualTo(before);
                assertThat(answer.headers().firstValue("target-pod-ip"))
                        .contains(engines.engine(half + 1).address());
            }
        }
    }

    private static long[] requests(SimFleet fleet) {
        return fleet.engines().stream().mapToLong(engine -> engine.counters().requests().value()).toArray();
    }

    @ParameterizedTest
    @CsvSource({"SHFS, reset", "NIXL, status=500", "MOONCAKE, reset", "SGLANG, reset", "SGLANG, status=503",
        "TRTLLM, status=503"})
    void shouldGoToAnotherPairWhereThePrefillFails(KvConnector connector, String fault) throws Exception {
        SimFleet engines = start(connector, TimeModel.zero());
        engines.engine(0).fault(Fault.parse(fault));
        // Equal pairs are taken at random: it may be a while until the first one is tried.
        for (int i = 0; i < 4 || engines.engine(0).counters().faulted().value() == 0; i++) {
            HttpResponse<String> answer = send("/v1/chat/completions", i % 2 == 0);
            assertThat(answer.body()).contains("[sim-3]");
            assertThat(answer.statusCode()).isEqualTo(200);
        }
        for (SimEngine engine : engines.engines()) {
            ended(engine);
        }
    }

    private static void ended(SimEngine engine) {
        engine.counters().inFlight().atMost(0).orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static void atLeast(Tally tally, int number) {
        tally.atLeast(number).orTimeout(10, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @CsvSource({"SHFS, true", "SHFS, false", "SGLANG, true", "SGLANG, false"})
    void shouldEndBothHalvesWhenTheClientGoes(KvConnector connector, boolean duringPrefill) {
        SimFleet engines = start(connector, duringPrefill ? TimeModel.zero() : ENDLESS);
        if (duringPrefill) {
            engines.engine(0).fault(new Fault.Hang());
            engines.engine(2).fault(new Fault.Hang());
        }
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request("/v1/chat/completions", true),
                HttpResponse.BodyHandlers.ofString());
        boolean both = !duringPrefill || connector == KvConnector.SGLANG;
        int half = halfOf(engines, duringPrefill ? 0 : 1);
        if (both) {
            atLeast(engines.engine(half + 1).counters().requests(), 1);
        }
        if (!duringPrefill) {
            atLeast(engines.engine(half + 1).counters().tokens(), 1);
        }

        client.shutdownNow();

        if (both) {
            atLeast(engines.engine(half + 1).counters().aborted(), 1);
        }
        if (duringPrefill) {
            atLeast(engines.engine(half).counters().aborted(), 1);
        }
        ended(engines.engine(half));
        ended(engines.engine(half + 1));
        assertThat(answer.handle((got, gone) -> gone).orTimeout(10, TimeUnit.SECONDS).join()).isNotNull();
    }

    /** The first engine of the roleset that has a request at one of its halves. */
    private static int halfOf(SimFleet engines, int of) {
        CompletableFuture.anyOf(engines.engine(of).counters().requests().atLeast(1),
                engines.engine(of + 2).counters().requests().atLeast(1)).orTimeout(10, TimeUnit.SECONDS).join();
        return engines.engine(of).counters().requests().value() > 0 ? 0 : 2;
    }
}
