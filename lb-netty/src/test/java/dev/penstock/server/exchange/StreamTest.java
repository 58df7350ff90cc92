package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.LiveSettings.UsageMode;
import dev.penstock.spi.Usage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of events on their way through. */
@Timeout(30)
class StreamTest {
    private static final String USAGE = "{\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":6,"
            + "\"total_tokens\":10}}";

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    @Test
    void shouldSendEachChunkOnWhenItArrives() {
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD);
        assertThat(client.readHead()).contains("text/event-stream");
        for (int i = 0; i < 20; i++) {
            // The next one is not sent before the client has this one.
            pod.send(Http.chunk(Http.event("{\"n\":" + i + "}")));
            assertThat(client.readChunk()).isEqualTo(Http.event("{\"n\":" + i + "}"));
        }
        pod.send(Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        assertThat(client.readChunk()).isEqualTo(Http.event("[DONE]"));
        assertThat(client.readChunk()).isEmpty();
    }

    @Test
    void shouldAskForUsageAndTakeItOutAgain() throws InterruptedException {
        client.send(Http.stream("accept-encoding: gzip"));
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.body()).isEqualTo("{\"stream_options\":{\"include_usage\":true},"
                + Http.STREAM.substring(1));
        assertThat(request.header("accept-encoding")).isNull();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")) + Http.chunk(Http.event(USAGE))
                + Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.body()).isEqualTo(Http.event("{\"n\":1}") + Http.event("[DONE]"));
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(4, 6));
    }

    @Test
    void shouldLeaveUsageInForClientsThatAskForIt() throws InterruptedException {
        String body = Http.STREAM.substring(0, Http.STREAM.length() - 1)
                + ",\"stream_options\":{\"include_usage\":true}}";
        client.send(Http.post("/v1/chat/completions", body));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).isEqualTo(body);
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event(USAGE)) + Http.LAST_CHUNK);
        assertThat(client.readMessage().body()).isEqualTo(Http.event(USAGE));
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(4, 6));
    }

    @Test
    void shouldTakeUsageOutOfAStreamForHttp10() {
        client.send(Http.stream().replace("HTTP/1.1", "HTTP/1.0"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")) + Http.chunk(Http.event(USAGE)) + Http.LAST_CHUNK);
        assertThat(client.readToEnd()).endsWith("\r\n\r\n" + Http.event("{\"n\":1}"));
    }

    @Test
    void shouldNotTouchTheBodyWhereUsageIsEstimated() {
        proxy.settings.usage = UsageMode.ESTIMATE;
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).isEqualTo(Http.STREAM);
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event(USAGE)) + Http.LAST_CHUNK);
        assertThat(client.readMessage().body()).isEqualTo(Http.event(USAGE));
    }

    @Test
    void shouldStopReadingAPodWhoseClientDoesNotRead() throws Exception {
        proxy.settings.usage = UsageMode.ESTIMATE;
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD);
        client.readHead();
        Flood flood = new Flood(pod, Http.chunk("x".repeat(16_000)));
        flood.start();
        long stoppedAt = flood.awaitFull();
        for (int i = 0; i < 3_000; i++) {
            assertThat(client.readChunk()).hasSize(16_000);
            if (flood.sent > stoppedAt) {
                break;
            }
        }
        assertThat(flood.sent).isGreaterThan(stoppedAt);
        client.reset();
        flood.join();
    }

    @Test
    void shouldStopReadingAClientWhosePodDoesNotRead() throws Exception {
        proxy.settings.bodyLimit = 1L << 40;
        client.send(Http.head("POST /v1/audio/transcriptions HTTP/1.1", "host: t", "transfer-encoding: chunked",
                "content-type: multipart/form-data; boundary=b"));
        client.send(Http.chunk(String.join("\r\n", "--b", "content-disposition: form-data; name=\"model\"", "", "m",
                "--b", "content-disposition: form-data; name=\"file\"; filename=\"a\"", "", "")));
        RawConnection pod = engine.accept();
        assertThat(pod.readHead()).contains("transfer-encoding: chunked");
        Flood flood = new Flood(client, Http.chunk("x".repeat(16_000)));
        flood.start();
        flood.awaitFull();
        assertThat(proxy.budget.held()).isLessThan(200_000);
        pod.reset();
        client.reset();
        flood.join();
    }
}
