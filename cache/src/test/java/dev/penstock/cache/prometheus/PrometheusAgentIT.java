package dev.penstock.cache.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PrometheusAgentIT {

    private static final long MILLI = 1_000_000;

    private final FigureColumns figures = FigureColumns.direct(64, NanoClock.SYSTEM, 60_000 * MILLI, GpuProfiles.NONE);
    private final ConcurrentLinkedQueue<String> queries = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final Pod pod = pod(0, "10.0.0.1", Map.of("model.aibrix.ai/metric-port", "9100"));
    private final Pod other = pod(1, "::1", Map.of());
    private volatile boolean away;
    private HttpServer server;
    private @Nullable PrometheusAgent agent;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/prom/api/v1/query", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        if (agent != null) {
            agent.close();
        }
        server.stop(0);
    }

    private Pod pod(int slot, String host, Map<String, String> labels) {
        figures.prepare(slot, 1);
        return Pod.of(new PodIdentity("ns", "p" + slot, "u"), host, 8000, slot, 1, "", "vllm", true, labels, Map.of());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8).substring(6);
        queries.add(exchange.getRequestHeaders().getFirst("Authorization") + " " + query);
        String model = query.contains("model_name") ? ",\"model_name\":\"m\"" : "";
        // The answer to each query is how long it is.
        byte[] body = ("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{\"instance\":\"10.0.0.1:9100\"" + model + "},\"value\":[1,\"" + query.length() + "\"]},"
                + "{\"metric\":{\"instance\":\"[::1]:8000\"},\"value\":[1,\"1\"]},"
                + "{\"metric\":{\"instance\":\"10.9.9.9:8000\"},\"value\":[1,\"2\"]}]}}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(away ? 503 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
        answered.incrementAndGet();
    }

    private void workUntil(boolean scraping, BooleanSupplier done) {
        if (agent == null) {
            Fleet fleet = new Fleet(1, ModelIndex.EMPTY, new PodView[][] {chunk()});
            agent = new PrometheusAgent(new PrometheusSettings("http://127.0.0.1:" + server.getAddress().getPort()
                    + "/prom", "user", "secret", 60 * MILLI, 2_000 * MILLI), scraping, new SnapshotSource() {
                        @Override
                        public Fleet current() {
                            return fleet;
                        }

                        @Override
                        public void acknowledge(int shard, long version) {}

                        @Override
                        public void onPublish(Runnable listener) {}
                    }, figures, NanoClock.SYSTEM, Metrics.NONE);
        }
        while (!done.getAsBoolean()) {
            agent.doWork();
            Thread.onSpinWait();
        }
    }

    private @Nullable PodView[] chunk() {
        @Nullable PodView[] chunk = new PodView[Fleet.CHUNK];
        chunk[0] = pod;
        chunk[1] = other;
        return chunk;
    }

    @Test
    void shouldAskForEveryFigureOfAllEndpointsAtOnce() {
        Model model = new Model("m", "m", EndpointList.of(List.of(pod)), EndpointList.of(List.of(pod)), 0, null, null);
        workUntil(true, () -> PromQuery.OWN.stream().allMatch(query -> figures.gauge(pod, model, query.gauge()) > 0));

        for (PromQuery query : PromQuery.OWN) {
            assertThat(figures.gauge(pod, model, query.gauge())).isEqualTo(query.promQl().length());
            assertThat(queries).contains("Basic dXNlcjpzZWNyZXQ= " + query.promQl());
        }
        assertThat(figures.gauge(pod, Gauge.MODEL_TTFT_P95_5M_SECONDS)).as("of a model only").isNaN();
        assertThat(figures.gauge(other, Gauge.TPOT_5M_SECONDS)).isEqualTo(1);
        assertThat(figures.gauge(pod, Gauge.PROMPT_TOKENS_PER_REQUEST)).as("left to the engine's own page").isNaN();
    }

    @Test
    void shouldTellWhatEnginesAreNotAskedFor() {
        workUntil(false, () -> PromQuery.SHARED.stream().allMatch(query -> figures.gauge(pod, query.gauge()) > 0));
        assertThat(figures.gauge(other, Gauge.COMPLETION_RATE)).isEqualTo(1);
    }

    @Test
    void shouldLeaveFiguresToGrowOldWhilePrometheusIsAway() {
        away = true;
        int before = answered.get();
        workUntil(true, () -> answered.get() >= before + 20);
        assertThat(figures.gauge(pod, Gauge.TTFT_5M_SECONDS)).isNaN();

        away = false;
        workUntil(true, () -> figures.gauge(pod, Gauge.TTFT_5M_SECONDS) > 0);
    }

    @Test
    void shouldDivideWhatWasSummedByHowOftenItWas() {
        assertThat(PromQuery.OWN).filteredOn(query -> query.gauge() == Gauge.TPOT_5M_SECONDS)
                .singleElement().extracting(PromQuery::promQl).asString()
                .contains("increase(vllm:inter_token_latency_seconds_sum[5m])")
                .contains("increase(vllm:inter_token_latency_seconds_count[5m])");
    }
}
