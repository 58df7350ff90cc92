package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pods that fail for longer than one request, in front of a whole balancer. */
@Timeout(60)
class EjectionTest {
    private static final String[] FOR_GOOD = {"health.consecutive-failures", "3", "health.ejection", "1h",
            "health.ejection-max", "1h", "health.cool-down", "1h", "health.cool-down-max", "1h"};

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closed(T each) {
        open.add(each);
        return each;
    }

    private StatusEngine[] engines(int count, int status) {
        StatusEngine[] engines = new StatusEngine[count];
        for (int i = 0; i < count; i++) {
            engines[i] = closed(new StatusEngine(status));
        }
        return engines;
    }

    private static int[] ports(StatusEngine... engines) {
        int[] ports = new int[engines.length];
        for (int i = 0; i < engines.length; i++) {
            ports[i] = engines[i].port;
        }
        return ports;
    }

    /** The engine that the router takes as long as it is a candidate. */
    private static int firstPort(WatchedPenstock penstock) {
        String address = penstock.endpoints().path(0).path("address").asText();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    @Test
    void shouldTryAPodThatRefusesAsOftenAsAllowedAndThenNoMore() {
        StatusEngine[] engines = engines(2, 200);
        WatchedPenstock penstock = closed(WatchedPenstock.of(ports(engines), FOR_GOOD));
        int first = firstPort(penstock);
        (engines[0].port == first ? engines[0] : engines[1]).close();
        for (int i = 0; i < 3; i++) {
            assertThat(penstock.ask().status()).isEqualTo(200);
        }
        penstock.awaitHealth(first, "ejected");
        assertThat(penstock.reason(first)).isEqualTo("3 consecutive failures: connect failed");
        for (int i = 0; i < 20; i++) {
            assertThat(penstock.ask().status()).isEqualTo(200);
        }
        assertThat(penstock.metric("penstock_upstream_connect_failures_total")).isEqualTo(3);
        assertThat(penstock.metric("penstock_ejections_total{reason=\"connect\"}")).isEqualTo(1);
        assertThat(penstock.metric("penstock_endpoints_out")).isEqualTo(1);
        JsonNode history = penstock.endpoint(first).path("health_history");
        assertThat(history.path("ejections").asInt()).isEqualTo(1);
        assertThat(history.path("since_seconds").asDouble()).isNotNegative();
        assertThat(history.path("remaining_seconds").asDouble()).isBetween(3_000.0, 3_600.0);
    }

    @Test
    void shouldKeepHalfOfAFleetThatFailsAltogether() {
        StatusEngine[] engines = engines(4, 500);
        WatchedPenstock penstock = closed(WatchedPenstock.of(ports(engines), FOR_GOOD));
        TestProxy.await("half of them are out", () -> {
            assertThat(penstock.ask().status()).as("relayed as it is").isEqualTo(500);
            return penstock.out() == 2;
        });
        for (int i = 0; i < 20; i++) {
            assertThat(penstock.ask().status()).isEqualTo(500);
        }
        assertThat(penstock.out()).isEqualTo(2);
        for (StatusEngine engine : engines) {
            engine.status = 200;
        }
        assertThat(penstock.ask().status()).isEqualTo(200);
    }

    @Test
    void shouldNotEjectForErrorsOfClients() {
        StatusEngine[] engines = engines(2, 400);
        WatchedPenstock penstock = closed(WatchedPenstock.of(ports(engines), FOR_GOOD));
        for (int status : new int[] {400, 401, 404, 422, 501}) {
            engines[0].status = status;
            engines[1].status = status;
            for (int i = 0; i < 20; i++) {
                assertThat(penstock.ask().status()).isEqualTo(status);
            }
        }
        assertThat(penstock.out()).isZero();
        assertThat(penstock.endpoints().path(0).has("health_history")).isFalse();
    }

    @Test
    void shouldLeaveAPodWithTooMuchToDoAlone() {
        StatusEngine[] engines = engines(2, 200);
        WatchedPenstock penstock = closed(WatchedPenstock.of(ports(engines), FOR_GOOD));
        int first = firstPort(penstock);
        StatusEngine busy = engines[0].port == first ? engines[0] : engines[1];
        busy.status = 429;
        assertThat(penstock.ask().status()).as("tried elsewhere").isEqualTo(200);
        penstock.awaitHealth(first, "cooling-down");
        assertThat(penstock.reason(first)).isEqualTo("answered 429");
        for (int i = 0; i < 20; i++) {
            assertThat(penstock.ask().status()).isEqualTo(200);
        }
        assertThat(busy.requests).hasValue(1);
        assertThat(penstock.metric("penstock_retries_total{reason=\"overloaded\"}")).isEqualTo(1);
        assertThat(penstock.metric("penstock_cool_downs_total")).isEqualTo(1);
    }

    @Test
    void shouldComeBackByOneProbe() {
        FakeEngine doubtful = closed(new FakeEngine());
        StatusEngine good = closed(new StatusEngine(200));
        WatchedPenstock penstock = closed(WatchedPenstock.of(new int[] {doubtful.port, good.port},
                "health.consecutive-failures", "1", "health.ejection", "50ms"));
        String strategy = firstPort(penstock) == doubtful.port ? "first" : "last";
        try (RawConnection client = penstock.connect()) {
            client.send(Http.chat("routing-strategy: " + strategy));
            RawConnection broken = doubtful.accept();
            broken.readMessage();
            broken.send("not HTTP\r\n\r\n");
            assertThat(client.readMessage().status()).isEqualTo(502);
        }
        penstock.awaitHealth(doubtful.port, "probing");
        try (RawConnection client = penstock.connect()) {
            client.send(Http.chat("routing-strategy: " + strategy));
            RawConnection probe = doubtful.accept();
            probe.readMessage();
            for (int i = 0; i < 5; i++) {
                assertThat(penstock.ask("routing-strategy: " + strategy).status()).isEqualTo(200);
            }
            assertThat(doubtful.untouched()).as("one probe at a time").isTrue();
            assertThat(penstock.health(doubtful.port)).isEqualTo("probing");
            probe.send(Http.ok("{}"));
            assertThat(client.readMessage().status()).isEqualTo(200);
        }
        penstock.awaitHealth(doubtful.port, "ready");
        assertThat(good.requests).hasValue(5);
        assertThat(penstock.metric("penstock_health_probes_total")).isEqualTo(1);
    }

    @Test
    void shouldTryAPodThatIsOutRatherThanNone() {
        StatusEngine[] engines = engines(2, 200);
        WatchedPenstock penstock = closed(WatchedPenstock.of(ports(engines), FOR_GOOD));
        int first = firstPort(penstock);
        StatusEngine failing = engines[0].port == first ? engines[0] : engines[1];
        failing.status = 500;
        for (int i = 0; i < 3; i++) {
            assertThat(penstock.ask().status()).isEqualTo(500);
        }
        penstock.awaitHealth(first, "ejected");
        assertThat(penstock.ask().status()).isEqualTo(200);
        failing.status = 200;
        (failing == engines[0] ? engines[1] : engines[0]).close();
        for (int i = 0; i < 10; i++) {
            assertThat(penstock.ask().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldEjectAndBringBackByActiveChecks() {
        StatusEngine[] engines = engines(2, 200);
        engines[1].health = 503;
        WatchedPenstock penstock = closed(WatchedPenstock.of(ports(engines), "health.path", "/health",
                "health.interval", "20ms", "health.ejection", "50ms", "health.unhealthy", "3", "health.healthy", "2"));
        penstock.awaitHealth(engines[1].port, "ejected");
        assertThat(penstock.reason(engines[1].port)).isEqualTo("active checks failed");
        assertThat(engines[1].checks).hasValueGreaterThanOrEqualTo(3);
        assertThat(penstock.ask().status()).isEqualTo(200);
        engines[1].health = 200;
        penstock.awaitHealth(engines[1].port, "ready");
        assertThat(engines[1].requests).as("requests that were probes").hasValue(0);
        assertThat(penstock.metric("penstock_health_checks_total{result=\"well\"}")).isPositive();
        assertThat(penstock.metric("penstock_health_checks_total{result=\"failed\"}")).isGreaterThanOrEqualTo(3);
    }

    @Test
    void shouldKeepHalfOfAFleetWhoseChecksAllFail() {
        StatusEngine[] engines = engines(2, 200);
        engines[0].health = 503;
        engines[1].health = 503;
        WatchedPenstock penstock = closed(WatchedPenstock.of(ports(engines), "health.path", "/health",
                "health.interval", "20ms", "health.unhealthy", "1"));
        TestProxy.await("one is out", () -> penstock.out() == 1);
        int checked = engines[0].checks.get() + engines[1].checks.get();
        TestProxy.await("checks go on", () -> engines[0].checks.get() + engines[1].checks.get() >= checked + 20);
        assertThat(penstock.out()).isEqualTo(1);
        assertThat(penstock.ask().status()).isEqualTo(200);
    }

    @Test
    void shouldNotTakeAPodThatHangsInItsCheckForWell() {
        FakeEngine hanging = closed(new FakeEngine());
        StatusEngine good = closed(new StatusEngine(200));
        WatchedPenstock penstock = closed(WatchedPenstock.of(new int[] {hanging.port, good.port}, "health.path",
                "/health", "health.interval", "50ms", "health.timeout", "20ms", "health.unhealthy", "2"));
        penstock.awaitHealth(hanging.port, "ejected");
        assertThat(penstock.health(good.port)).isEqualTo("ready");
    }

    @Test
    void shouldLetStreamsOfAPodThatLeavesRunOn(@TempDir Path directory) throws IOException {
        FakeEngine leaving = closed(new FakeEngine());
        StatusEngine staying = closed(new StatusEngine(200));
        Path file = Files.writeString(directory.resolve("penstock.yaml"), WatchedPenstock.models(leaving.port));
        WatchedPenstock penstock = closed(WatchedPenstock.of(file));
        try (RawConnection client = penstock.connect()) {
            client.send(Http.stream());
            RawConnection pod = leaving.accept();
            pod.readMessage();
            pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
            client.readHead();
            assertThat(client.readChunk()).isEqualTo(Http.event("1"));
            Files.writeString(file, WatchedPenstock.models(staying.port));
            TestProxy.await("it has left", () -> penstock.endpoints().path(0).path("address").asText()
                    .endsWith(":" + staying.port));
            assertThat(penstock.ask().status()).isEqualTo(200);
            assertThat(staying.requests).hasValue(1);
            pod.send(Http.chunk(Http.event("2")) + Http.LAST_CHUNK);
            assertThat(client.readChunk()).isEqualTo(Http.event("2"));
            assertThat(client.readChunk()).isEmpty();
        }
    }
}
