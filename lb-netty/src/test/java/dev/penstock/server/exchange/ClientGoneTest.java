package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that go away: what they asked for is stopped, wherever it is. */
@Timeout(30)
class ClientGoneTest {
    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    enum Goodbye {
        FIN, HALF_CLOSE, RESET;

        void say(RawConnection client) throws IOException {
            switch (this) {
                case FIN -> client.close();
                case HALF_CLOSE -> client.socket.shutdownOutput();
                case RESET -> client.reset();
            }
        }
    }

    @AfterEach
    void close() {
        proxy.awaitIdle();
        client.close();
        proxy.close();
        engine.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseThePodsConnectionBeforeTheFirstByte(Goodbye goodbye) throws IOException {
        client.send(Http.chat());
        RawConnection pod = engine.accept();
        pod.readMessage();
        goodbye.say(client);
        assertThat(pod.readToEnd()).isIn("", "<reset>");
        TestProxy.await("counted", () -> proxy.count("penstock_client_gone") == 1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseThePodsConnectionInAStream(Goodbye goodbye) throws IOException {
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        client.readHead();
        goodbye.say(client);
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }

    @ParameterizedTest
    @EnumSource
    void shouldForgetARequestThatARouterThinksAbout(Goodbye goodbye) throws Exception {
        client.send(Http.chat("routing-strategy: silent"));
        var context = proxy.routers.silent.take();
        goodbye.say(client);
        TestProxy.await("revoked", context::revoked);
        assertThat(context.select(context.candidates().get(0))).isFalse();
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldForgetARequestInItsBody() {
        String request = Http.chat();
        client.send(request.substring(0, request.length() - 3));
        TestProxy.await("begun", () -> proxy.proxy.open() == 1);
        client.reset();
        proxy.awaitIdle();
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldCloseThePodsConnectionWhilePipelinedRequestsWait() {
        client.send(Http.chat() + Http.chat() + Http.chat());
        RawConnection pod = engine.accept();
        pod.readMessage();
        client.reset();
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }
}
