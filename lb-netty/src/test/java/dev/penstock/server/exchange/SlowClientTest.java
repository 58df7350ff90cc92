package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send slowly, read slowly, or do nothing. */
@Timeout(60)
class SlowClientTest {
    private static final int MIB = 1 << 20;
    private static final String WRITE_TIMEOUT = "penstock_errorserror/write_timeout";

    private static final byte[] CHUNK = Http.chunk("x".repeat(MIB - 16)).getBytes(StandardCharsets.US_ASCII);

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);

    @AfterEach
    void close() {
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    /** A pod that sends as much as it can, up to a bound. */
    private static CompletableFuture<Void> flood(RawConnection pod, int mebibytes, AtomicLong sent) {
        return CompletableFuture.runAsync(() -> {
            for (int i = 0; i < mebibytes; i++) {
                pod.send(CHUNK);
                sent.addAndGet(CHUNK.length);
            }
        });
    }

    @Test
    void shouldEndAStreamWhoseClientTakesNothingAndHoldLittleOfIt() {
        // The pod waits for longer than it may pause: it is not the one who is late.
        proxy.settings.writeMillis = 4_000;
        proxy.settings.idleMillis = 2_000;
        AtomicLong sent = new AtomicLong();
        try (RawConnection client = proxy.connect(4096)) {
            client.send(Http.chat());
            RawConnection pod = engine.accept();
            pod.readMessage();
            long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            pod.send(Http.SSE_HEAD);
            CompletableFuture<Void> flood = flood(pod, 512, sent);
            client.readHead();
            TestProxy.await("ended", () -> proxy.count(WRITE_TIMEOUT) == 1);
            assertThat(flood.handle((done, failure) -> failure)).succeedsWithin(15, TimeUnit.SECONDS)
                    .satisfies(failure -> assertThat(failure).hasRootCauseInstanceOf(IOException.class)
                            .hasCauseInstanceOf(UncheckedIOException.class));
            // The pod could not get rid of more than the buffers on the way hold.
            assertThat(sent.get()).isLessThan(64L * MIB);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before).isLessThan(16L * MIB);
            proxy.awaitIdle();
            assertThat(proxy.count("penstock_client_gone")).isZero();
        }
    }

    @Test
    void shouldGoOnWithAClientThatReadsAgain() {
        AtomicLong sent = new AtomicLong();
        try (RawConnection client = proxy.connect(4096)) {
            client.send(Http.chat());
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send(Http.SSE_HEAD);
            client.readHead();
            CompletableFuture<Void> flood = flood(pod, 24, sent);
            for (int i = 0; i < 24; i++) {
                assertThat(client.readChunk()).hasSize(MIB - 16);
            }
            assertThat(flood).succeedsWithin(15, TimeUnit.SECONDS);
            pod.send(Http.LAST_CHUNK);
            assertThat(client.readChunk()).isEmpty();
            assertThat(proxy.count(WRITE_TIMEOUT)).isZero();
        }
    }

    @Test
    void shouldEndAConnectionThatLeavesAWholeAnswer() {
        proxy.settings.writeMillis = 300;
        try (RawConnection client = proxy.connect(4096)) {
            client.send(Http.chat());
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send("HTTP/1.1 200 OK\r\ncontent-length: " + 12 * MIB + "\r\n\r\n");
            client.readHead();
            CompletableFuture<Void> whole = CompletableFuture.runAsync(() -> pod.send(new byte[12 * MIB]));
            TestProxy.await("ended", () -> proxy.count(WRITE_TIMEOUT) == 1);
            assertThat(whole.handle((done, failure) -> "over")).succeedsWithin(15, TimeUnit.SECONDS);
            proxy.awaitIdle();
        }
    }

    @Test
    void shouldTellAClientWhoseBodyTrickles() {
        // A pause may be long, and there is none.
        proxy.settings.bodyMillis = 30_000;
        proxy.settings.bodyRate = 1 << 30;
        proxy.settings.bodyRateGraceMillis = 100;
        try (RawConnection client = proxy.connect()) {
            client.send(Http.head("POST /v1/chat/completions HTTP/1.1", "host: t", "content-length: 250000"));
            RawConnection.Message answer = trickle(client);
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.body()).contains("\"code\":\"request_timeout\"");
            assertThat(engine.untouched()).isTrue();
        }
    }

    private static RawConnection.Message trickle(RawConnection client) {
        for (int i = 0; i < 200_000 && !client.hasBytes(); i++) {
            client.send(new byte[] {' '});
        }
        return client.readMessage();
    }

    @Test
    void shouldNotBlameAClientForAPodThatDoesNotTakeTheBody() {
        proxy.settings.bodyLimit = 64L * MIB;
        proxy.settings.idleMillis = 400;
        String first = String.join("\r\n", "--b", "content-disposition: form-data; name=\"model\"", "", "m", "--b",
                "content-disposition: form-data; name=\"file\"; filename=\"a.wav\"", "", "");
        try (RawConnection client = proxy.connect()) {
            client.send("POST /v1/audio/transcriptions HTTP/1.1\r\nhost: t\r\ncontent-length: " + 48 * MIB
                    + "\r\ncontent-type: multipart/form-data; boundary=b\r\n\r\n" + first);
            RawConnection pod = engine.accept();
            pod.readHead();
            CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> client.send(new byte[40 * MIB]));
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(504);
            client.reset();
            assertThat(upload.handle((done, failure) -> "over")).succeedsWithin(15, TimeUnit.SECONDS);
            pod.close();
        }
    }

    @Test
    void shouldReadALargeBodyBehindAnotherRequest() {
        String large = Http.post("/v1/chat/completions", Http.CHAT.replace("hi", "y".repeat(200_000)));
        try (RawConnection client = proxy.connect()) {
            client.send(Http.chat());
            RawConnection pod = engine.accept();
            pod.readMessage();
            CompletableFuture<Void> ahead = CompletableFuture.runAsync(() -> client.send(large));
            TestProxy.await("read ahead", () -> proxy.proxy.open() == 1);
            pod.send(Http.ok("{\"n\":1}"));
            assertThat(client.readMessage().body()).isEqualTo("{\"n\":1}");
            assertThat(pod.readMessage().body()).contains("y".repeat(200_000));
            pod.send(Http.ok("{\"n\":2}"));
            assertThat(client.readMessage().body()).isEqualTo("{\"n\":2}");
            assertThat(ahead).succeedsWithin(15, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldCloseAConnectionThatAsksNothingMore() {
        proxy.settings.clientIdleMillis = 60;
        try (RawConnection client = proxy.connect()) {
            assertThat(client.send(Http.get("/v1/models")).readMessage().status()).isEqualTo(200);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldCloseAConnectionThatAsksNothingAtAll() {
        proxy.settings.headerMillis = 60;
        try (RawConnection client = proxy.connect()) {
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldTellALineThatIsTooLongAndHeadersThatAreTooMany() {
        try (RawConnection client = proxy.connect()) {
            client.send("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nhost: t\r\n\r\n");
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(414);
            assertThat(answer.body()).contains("\"code\":\"target_too_long\"", "invalid_request_error");
            assertThat(client.readToEnd()).isIn("", "<reset>");
        }
        try (RawConnection client = proxy.connect()) {
            client.send("GET / HTTP/1.1\r\nhost: t\r\n" + "a: b\r\n".repeat(300) + "\r\n");
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(431);
            assertThat(answer.body()).contains("\"code\":\"headers_too_large\"", "invalid_request_error");
            assertThat(client.readToEnd()).isIn("", "<reset>");
        }
        assertThat(proxy.count("penstock_errorserror/target_too_long")).isEqualTo(1);
    }
}
