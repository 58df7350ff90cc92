package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients over HTTP/2 whose stream ends while a call of its exchange is still running: one end for each request. */
@Timeout(30)
class Http2LeavingMidCallTest {
    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);

    @AfterEach
    void close() {
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    @Test
    void shouldEndOnceWhereTheChannelIsClosedWhenAWholeAnswerIsWritten() throws Exception {
        CloseOnWrite closing = new CloseOnWrite();
        proxy.accepted = channel -> channel.pipeline().addFirst(closing);
        RawConnection pod;
        try (Http2Client client = new Http2Client(proxy.address())) {
            client.chat();
            pod = engine.accept();
            pod.readMessage();
            closing.armed = true;
            pod.send(Http.ok("{}"));
            client.awaitClosed();
            assertEndedOnce();
        }
        assertServesTheNext(pod);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldEndOnceWhereTheChannelIsClosedWhenTheLastChunkIsWritten(boolean whole) throws Exception {
        CloseOnWrite closing = new CloseOnWrite();
        proxy.accepted = channel -> channel.pipeline().addFirst(closing);
        RawConnection pod;
        try (Http2Client client = new Http2Client(proxy.address())) {
            Http2Client.Stream stream = client.stream();
            pod = engine.accept();
            pod.readMessage();
            pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
            stream.head();
            closing.armed = true;
            pod.send(Http.chunk(Http.event("[DONE]")) + (whole ? "0\r\n\r\n" : ""));
            if (!whole) {
                pod.close();
            }
            client.awaitClosed();
            assertEndedOnce();
        }
        if (whole) {
            assertServesTheNext(pod);
        }
    }

    @Test
    void shouldEndARequestWhoseConnectionFailsWhileItBegins() {
        FailOnWrite failing = new FailOnWrite();
        proxy.accepted = channel -> channel.pipeline().addFirst(failing);
        try (Http2Client client = new Http2Client(proxy.address())) {
            assertThat(client.get("/v1/models").answer().status()).isEqualTo(200);
            failing.armed = true;
            // It is told to go on, which fails.
            client.begin("POST", "/v1/chat/completions", false, "expect: 100-continue", "content-length: 10");
            TestProxy.await("told", () -> proxy.count("penstock_client_gone") == 1);
        }
    }

    private void assertEndedOnce() throws InterruptedException {
        assertThat(proxy.done.poll(15, TimeUnit.SECONDS)).isNotNull();
        proxy.awaitIdle();
        assertThat(proxy.done).isEmpty();
    }

    /** An answer that was whole leaves the pod's connection as it should be, whoever has heard it. */
    private void assertServesTheNext(RawConnection pod) {
        proxy.accepted = channel -> { };
        try (RawConnection next = proxy.connect()) {
            next.send(Http.chat());
            pod.readMessage();
            pod.send(Http.ok("{}"));
            assertThat(next.readMessage().status()).isEqualTo(200);
        }
    }

    /** Once armed, closes the connection just before something is written to it: that write fails at once. */
    private static final class CloseOnWrite extends ChannelDuplexHandler {
        private volatile boolean armed;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (armed) {
                ctx.close();
            }
            ctx.write(message, promise);
        }
    }

    /** Once armed, fails what is written, and keeps the channel open: nothing else tells what has ended. */
    private static final class FailOnWrite extends ChannelDuplexHandler {
        private volatile boolean armed;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (armed) {
                ReferenceCountUtil.release(message);
                promise.tryFailure(new IOException("no route"));
            } else {
                ctx.write(message, promise);
            }
        }

        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            if (!armed) {
                ctx.close(promise);
            }
        }
    }
}
