package dev.penstock.cache.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.scrape.ScriptedEngine.Reply;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ScrapeAgentIT {

    private static final long MILLI = 1_000_000;
    private static final String PAGE = "vllm:num_requests_running 7\n";

    private final FigureColumns figures = FigureColumns.direct(64, NanoClock.SYSTEM, 60_000 * MILLI, GpuProfiles.NONE);
    private final List<ScriptedEngine> engines = new ArrayList<>();
    private final @Nullable Pod[] pods = new Pod[Fleet.CHUNK];
    private final CacheProxy proxy = new CacheProxy(16);
    private volatile Fleet fleet = Fleet.EMPTY;
    private EngineAccess access = EngineAccess.PLAIN;
    private ScrapeSettings settings = new ScrapeSettings(true, 20 * MILLI, 2_000 * MILLI, 60_000 * MILLI, 100_000, 0);
    private @Nullable ScrapeAgent agent;

    @AfterEach
    void close() {
        if (agent != null) {
            agent.onClose();
        }
        engines.forEach(ScriptedEngine::close);
    }

    private ScriptedEngine engine(Reply reply) {
        ScriptedEngine engine = new ScriptedEngine(path -> reply);
        engines.add(engine);
        return engine;
    }

    private Pod pod(int slot, String host, int port, String engine, Map<String, String> labels) {
        figures.prepare(slot, 1);
        Pod pod = Pod.of(new PodIdentity("ns", "p" + slot, "u" + slot), host, port, slot, 1, "", engine, true, labels,
                Map.of());
        pods[slot] = pod;
        publish();
        return pod;
    }

    private Pod pod(int slot, ScriptedEngine engine) {
        return pod(slot, "127.0.0.1", engine.port(), "vllm", Map.of());
    }

    private void publish() {
        fleet = new Fleet(fleet.version() + 1, ModelIndex.EMPTY, new PodView[][] {pods.clone()});
    }

    private ScrapeAgent agent() {
        if (agent == null) {
            agent = new ScrapeAgent(settings, new ScrapeAgent.Parts(new SnapshotSource() {
                @Override
                public Fleet current() {
                    return fleet;
                }

                @Override
                public void acknowledge(int shard, long version) {}

                @Override
                public void onPublish(Runnable listener) {}
            }, figures, proxy, access, NanoClock.SYSTEM, Metrics.NONE));
        }
        return agent;
    }

    private void workUntil(BooleanSupplier done) throws Exception {
        while (!done.getAsBoolean()) {
            agent().doWork();
        }
    }

    private void workUntilTroubled(PodView endpoint, String begin) throws Exception {
        workUntil(() -> {
            String trouble = agent().troubles().of(endpoint);
            return trouble != null && trouble.startsWith(begin);
        });
    }

    private boolean read(PodView endpoint) {
        return figures.gauge(endpoint, Gauge.RUNNING) == 7;
    }

    @Test
    void shouldKeepOneConnectionForManyPages() throws Exception {
        ScriptedEngine engine = engine(Reply.page(PAGE));
        Pod pod = pod(0, engine);

        workUntil(() -> engine.heads().size() >= 5 && read(pod));
        assertThat(engine.connections()).isEqualTo(1);
        assertThat(engine.heads().peek()).startsWith("GET /metrics HTTP/1.1\nHost: 127.0.0.1:" + engine.port() + "\n")
                .doesNotContain("Authorization");
        assertThat(figures.gaugeAgeNanos(pod, Gauge.RUNNING)).isNotNegative();
        assertThat(agent().troubles().of(pod)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nvllm:\r\n17;x=y\r\nnum_req"
                    + "uests_running 7\n\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nvllm:num_requests_running 7\n",
            "HTTP/1.1 200 OK\nConnection: close\n\nvllm:num_requests_running 7\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ncontent-length: 28\r\n\r\nvllm:num_requests_running 7\n"})
    void shouldReadAnswersOfEveryForm(String answer) throws Exception {
        ScriptedEngine engine = engine(new Reply(answer, !answer.contains("ength") && !answer.contains("chunked")));
        Pod pod = pod(0, engine);

        workUntil(() -> read(pod) && engine.heads().size() >= 3);
        assertThat(agent().troubles().of(pod)).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
            "HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n; status: status 404",
            "HTTP/1.1 302 Found\\r\\nLocation: http://example.com/\\r\\n\\r\\n; status: status 302",
            "SSH-2.0-OpenSSH_9\\r\\n\\r\\n; response: ",
            "HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nContent-Length: 6\\r\\n\\r\\n; response: ",
            "HTTP/1.1 200 OK\\r\\nContent-Length: x\\r\\n\\r\\n; response: ",
            "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n; response: ",
            "HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\n\\r\\n; response: ",
            "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n; response: ",
            "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\n#\\n\\n; response: ",
            "HTTP/1.1 200 OK\\r\\nContent-Length: 40\\r\\n\\r\\nvllm:num_requests_running 7\\n; truncated: ",
            "HTTP/1.1 200 OK\\r\\n\\r\\nvllm:num_requests_running; truncated: ",
            "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n; nothing_known: ",
            "HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\n\\u0000\\u0001\\u0002\\n; malformed: "})
    void shouldRefuseAnAnswerAndReadTheOthers(String answer, String trouble) throws Exception {
        String bytes = answer.replace("\\r", "\r").replace("\\n", "\n").replace("\\u0000", "\u0000")
                .replace("\\u0001", "\u0001").replace("\\u0002", "\u0002");
        Pod bad = pod(0, engine(new Reply(bytes, true)));
        Pod good = pod(1, engine(Reply.page(PAGE)));

        workUntilTroubled(bad, trouble);
        workUntil(() -> read(good));
        assertThat(figures.gauge(bad, Gauge.RUNNING)).isNaN();
        assertThat(agent().troubles().of(good)).isNull();
    }

    @Test
    void shouldRefuseAPageThatNeverEnds() throws Exception {
        Pod endless = pod(0, engine(new Reply("HTTP/1.1 200 OK\r\n\r\n" + "a 1\n".repeat(30_000), false)));
        workUntilTroubled(endless, "too_large: a page of more than 100000 bytes");
    }

    @Test
    void shouldNotWaitForThoseThatAreSilentOrDead() throws Exception {
        settings = new ScrapeSettings(true, 20 * MILLI, 300 * MILLI, 60_000 * MILLI, 100_000, 0);
        ScriptedEngine silent = engine(Reply.nothing());
        ScriptedEngine dead = engine(Reply.nothing());
        dead.close();
        ScriptedEngine quick = engine(Reply.page(PAGE));
        Pod first = pod(0, silent);
        Pod second = pod(1, dead);
        Pod third = pod(2, quick);

        workUntil(() -> silent.heads().size() == 1);
        workUntilTroubled(second, "unreachable: ");
        int before = quick.heads().size();
        workUntil(() -> read(third) && quick.heads().size() >= before + 3);
        assertThat(agent().troubles().of(first)).as("still within its time, while others have been asked").isNull();
        workUntilTroubled(first, "timeout: no answer within 300 ms");
    }

    @Test
    void shouldForgiveAConnectionThatWasClosedMeanwhile() throws Exception {
        ScriptedEngine engine = engine(new Reply("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n" + PAGE, true));
        Pod pod = pod(0, engine);

        workUntil(() -> engine.connections() >= 4);
        assertThat(read(pod)).isTrue();
        assertThat(agent().troubles().of(pod)).isNull();
    }

    @Test
    void shouldRecoverAndSaySo() throws Exception {
        ScriptedEngine engine = engine(new Reply("HTTP/1.1 503 Loading\r\n\r\n", true));
        Pod pod = pod(0, engine);
        workUntilTroubled(pod, "status: status 503");
        assertThat(figures.gauge(pod, Gauge.RUNNING)).isNaN();

        engine.script(path -> Reply.page(PAGE));
        workUntil(() -> read(pod));
        assertThat(agent().troubles().of(pod)).isNull();
    }

    @Test
    void shouldDropConnectionsOfAnEndpointThatLeaves() throws Exception {
        ScriptedEngine engine = engine(Reply.page(PAGE));
        Pod pod = pod(0, engine);
        workUntil(() -> read(pod));
        int asked = engine.heads().size();

        pods[0] = null;
        publish();
        workUntil(() -> engine.standing() == 0);
        assertThat(engine.heads().size()).isLessThanOrEqualTo(asked + 1);
    }

    @Test
    void shouldAskAtThePortOfTheLabelThePathOfTheEngineAndByName() throws Exception {
        ScriptedEngine engine = engine(Reply.page("trtllm_kv_cache_utilization 0.5\n"));
        ScriptedEngine serving = engine(Reply.nothing());
        access = endpoint -> new EngineAccess.Access(null, "Bearer secret");
        Pod pod = pod(0, "localhost", serving.port(), "trtllm",
                Map.of("model.aibrix.ai/metric-port", String.valueOf(engine.port())));

        workUntil(() -> figures.gauge(pod, Gauge.KV_CACHE_USAGE) == 0.5);
        assertThat(engine.heads().peek()).startsWith("GET /prometheus/metrics HTTP/1.1\nHost: localhost:")
                .endsWith("\nAuthorization: Bearer secret");
        assertThat(serving.connections()).isZero();
    }

    @Test
    void shouldTellWhoIsNotAsked() throws Exception {
        ScriptedEngine engine = engine(Reply.page(PAGE));
        EngineAccess.Tls unusable = (host, port) -> {
            throw new IllegalStateException("no such pool");
        };
        access = endpoint -> new EngineAccess.Access(endpoint.slot() == 0 ? unusable : null, null);
        Pod encrypted = pod(0, engine);
        Pod unknown = pod(1, "127.0.0.1", engine.port(), "xdit", Map.of());
        Pod nameless = pod(2, "no-such-host.invalid", 1, "vllm", Map.of());

        workUntilTroubled(encrypted, "unreachable: no such pool");
        workUntilTroubled(unknown, "engine: pages of xdit are not understood");
        workUntilTroubled(nameless, "unreachable: no address of no-such-host.invalid is known");
        assertThat(engine.connections()).isZero();
    }
}
