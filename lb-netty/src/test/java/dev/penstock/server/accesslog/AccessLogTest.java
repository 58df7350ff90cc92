package dev.penstock.server.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.config.AccessLogSettings;
import dev.penstock.server.metrics.PrometheusMetrics;
import dev.penstock.spi.Api;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.HandClock;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written of requests, and what happens where it cannot be written. */
@Timeout(30)
class AccessLogTest {
    private static final Clock WALL = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);

    private final PrometheusMetrics metrics = new PrometheusMetrics();
    private final HandClock clock = new HandClock();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    private Path file() {
        return folder.resolve("access.log");
    }

    private AccessLog start(LogOutput output) {
        return AccessLog.start(new AccessLogSettings("test", 100, 64), output, metrics, clock::nanoTime, WALL);
    }

    private AccessLog start(int samplePercent) {
        return AccessLog.start(new AccessLogSettings(file().toString(), samplePercent, 64), metrics, clock::nanoTime,
                WALL);
    }

    private AccessRecord record(AccessLog log) {
        return Objects.requireNonNull(log.take()).times(clock.nanoTime(), -1, 0);
    }

    private long dropped(String reason) {
        return metrics.counter("penstock_access_log_dropped", "Lines of the access log that were lost, by reason.",
                "reason", reason).value();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            Thread.onSpinWait();
        }
    }

    private static JsonNode only(List<String> lines) throws IOException {
        assertThat(lines).hasSize(1);
        return new ObjectMapper().readTree(lines.getFirst());
    }

    @Test
    void shouldWriteAllThatIsKnownOfARequest() throws IOException {
        try (AccessLog log = start(100)) {
            log.put(record(log)
                    .client(InetAddress.getByAddress(new byte[] {10, 0, 0, 7}), "HTTP/1.1")
                    .key("k1", "ann")
                    .request("id-1", "POST", "/v1/chat/completions?key=secret",
                            "0123456789abcdef0123456789abcdef")
                    .call(Api.CHAT_COMPLETIONS, "m", "random", true)
                    .endpoint(Pod.of(new PodIdentity("default", "pod-0", "uid"), "10.1.1.1", 8000, 0, 0, "", "vllm",
                            true, Map.of(), Map.of()))
                    .prefill(Pod.of(new PodIdentity("default", "pod-1", "uid-1"), "10.1.1.2", 8000, 1, 0, "", "vllm",
                            true, Map.of(), Map.of()), 11_500_000)
                    .retry("connect").retry("overloaded")
                    .spans(12_000, 7_900, 0, 45_123)
                    .times(clock.nanoTime(), 20_500_000, 1_000_000_000)
                    .bytes(100, 2_000)
                    .end(200, "completed", new Usage(3, 5)));
        }

        String line = Files.readString(file());
        assertThat(line).endsWith("}\n").doesNotContain("secret");
        assertThat(only(line.lines().toList())).isEqualTo(new ObjectMapper().readTree("""
                {"time":"2026-01-02T03:04:04.678Z","request_id":"id-1",
                "trace_id":"0123456789abcdef0123456789abcdef","client":"10.0.0.7","protocol":"HTTP/1.1",
                "key":"k1","user":"ann",
                "method":"POST","path":"/v1/chat/completions","model":"m","api":"chat_completions",
                "strategy":"random","pod":"pod-0","endpoint":"10.1.1.1:8000",
                "prefill_pod":"pod-1","prefill_endpoint":"10.1.1.2:8000","retries":["connect","overloaded"],
                "status":200,"end":"completed","stream":true,"queue_ms":0.012,"routing_ms":0.007,"connect_ms":0.000,
                "prefill_ms":11.500,"first_byte_ms":20.500,"total_ms":1000.000,"overhead_ms":0.045,"request_bytes":100,
                "response_bytes":2000,"prompt_tokens":3,"completion_tokens":5}"""));
    }

    @Test
    void shouldSayNullOfWhatIsNotKnownAndForgetThePreviousRequest() throws IOException {
        try (AccessLog log = start(100)) {
            for (int i = 0; i < 64; i++) {
                log.put(record(log).request("other", "GET", "/", null).retry("reset").end(200, "completed",
                        new Usage(1, 1)));
            }
            await("free again", () -> {
                AccessRecord record = log.take();
                if (record != null) {
                    log.put(record.times(clock.nanoTime(), -1, 5).spans(0, 0, 0, -1).end(499, "client_gone",
                            Usage.UNKNOWN));
                }
                return record != null;
            });
        }

        JsonNode last = only(List.of(Files.readAllLines(file()).getLast()));
        assertThat(last.get("end").asText()).isEqualTo("client_gone");
        assertThat(last.get("retries")).isEmpty();
        for (String name : List.of("request_id", "trace_id", "client", "model", "pod", "prefill_pod", "prefill_ms",
                "first_byte_ms", "overhead_ms", "prompt_tokens")) {
            assertThat(last.get(name).isNull()).as(name).isTrue();
        }
    }

    @Test
    void shouldBeValidJsonWhateverTheClientCallsItsModel() throws IOException {
        try (AccessLog log = start(100)) {
            log.put(record(log).call(null, "\"\n\\\u0000\ud800x\ud83d\ude00" + "y".repeat(10_000), null, false));
        }

        JsonNode line = only(Files.readAllLines(file()));
        assertThat(line.get("model").asText()).startsWith("\"\n\\\u0000?x\ud83d\ude00yy").hasSize(256);
    }

    @Test
    void shouldLeaveOutRequestsThatWentWellWhereItSamples() {
        Random random = new Random(1);
        try (AccessLog none = start(0); AccessLog half = start(50); AccessLog all = start(100);
                AccessLog off = AccessLog.off()) {
            assertThat(none.wants(false, random)).isFalse();
            assertThat(none.wants(true, random)).isTrue();
            assertThat(all.wants(false, random)).isTrue();
            assertThat(off.wants(true, random)).isFalse();
            assertThat(IntStream.range(0, 10_000).filter(i -> half.wants(false, random)).count())
                    .isBetween(4_500L, 5_500L);
        }
    }

    @Test
    void shouldDropAndCountWhatHasNoRoomAndWriteTheRest() throws Exception {
        StuckOutput output = new StuckOutput();
        try (AccessLog log = start(output)) {
            log.put(record(log));
            output.begun.await();
            int taken = 0;
            AccessRecord record;
            while ((record = log.take()) != null) {
                log.put(record.times(clock.nanoTime(), -1, 0));
                taken++;
            }
            // The one that is being written was given back before.
            assertThat(taken).isEqualTo(64);
            assertThat(log.take()).isNull();
            assertThat(dropped("queue_full")).isEqualTo(2);
            output.go.countDown();
        }
        assertThat(output.lines).hasSize(65);
    }

    @Test
    void shouldOpenTheFileAgainWhenItWasMovedAway() throws IOException {
        Path moved = folder.resolve("access.log.1");
        try (LogFile log = new LogFile(file())) {
            write(log, "a\n");
            Files.move(file(), moved);
            write(log, "b\n");
            log.look();
            write(log, "c\n");
            log.look();
            write(log, "d\n");
        }
        assertThat(moved).hasContent("a\nb\n");
        assertThat(file()).hasContent("c\nd\n");
    }

    @Test
    void shouldWriteBehindWhatAFileHolds() throws IOException {
        Files.writeString(file(), "before\n");
        try (LogFile log = new LogFile(file())) {
            write(log, "after\n");
        }
        assertThat(file()).hasContent("before\nafter\n");
    }

    private static void write(LogOutput output, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        output.write(bytes, bytes.length);
    }

    @Test
    void shouldCountWhatCannotBeWrittenAndGoOn() throws Exception {
        FailingOutput output = new FailingOutput();
        try (AccessLog log = start(output)) {
            log.put(record(log));
            await("counted", () -> dropped("not_written") == 1);
            output.broken = false;
            log.put(record(log).request("good", "GET", "/", null));
            assertThat(output.lines.poll(10, TimeUnit.SECONDS)).contains("good");
        }
        assertThat(dropped("not_written")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing/access.log", "."})
    void shouldSayAtTheStartThatItCannotWriteThere(String name) {
        String target = folder.resolve(name).toString();

        assertThatThrownBy(() ->
                AccessLog.start(new AccessLogSettings(target, 100, 64), Metrics.NONE, clock::nanoTime, WALL))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageStartingWith("access-log: " + target + ": cannot be written")
                .hasMessageContaining("expected: off, stdout, or a file");
    }

    /** Writes nothing before it is let go. */
    private static final class StuckOutput extends Lines {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            super.write(bytes, length);
        }
    }

    private static final class FailingOutput extends Lines {
        volatile boolean broken = true;

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            if (broken) {
                throw new IOException("No space left on device");
            }
            super.write(bytes, length);
        }
    }

    private static class Lines implements LogOutput {
        final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            new String(bytes, 0, length, StandardCharsets.UTF_8).lines().forEach(lines::add);
        }

        @Override
        public void look() {}

        @Override
        public void close() {}
    }
}
