package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A WebSocket between a client and a server that others have written. */
@Timeout(60)
class WebSocketClientTest {
    private final EchoEngine engine = new EchoEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private WebSocket open(String model, Heard heard) {
        return http.newWebSocketBuilder()
                .subprotocols("realtime", "openai-insecure-api-key.sk-1")
                .header("routing-strategy", "least")
                .buildAsync(URI.create("ws://127.0.0.1:" + proxy.port() + "/v1/realtime?model=" + model), heard)
                .join();
    }

    @Test
    void shouldTalkAndSayGoodbye() throws InterruptedException {
        Heard heard = new Heard();
        WebSocket socket = open("m", heard);
        assertThat(socket.getSubprotocol()).isEqualTo("realtime");
        for (int i = 0; i < 50; i++) {
            String said = "{\"n\":" + i + "}" + "x".repeat(i * 400);
            socket.sendText(said, true).join();
            assertThat(heard.next()).isEqualTo(said);
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();
        assertThat(heard.next()).isEqualTo("closed 1000");
        proxy.awaitIdle();
        assertThat(proxy.count("penstock_websockets")).isEqualTo(1);
        assertThat(proxy.count("penstock_client_gone")).isZero();
        assertThat(proxy.count("penstock_errorserror/upstream_reset")).isZero();
    }

    @Test
    void shouldCarryManySessionsAtOnce() throws InterruptedException {
        List<WebSocket> sockets = new ArrayList<>();
        List<Heard> heard = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            heard.add(new Heard());
            sockets.add(open("m", heard.get(i)));
        }
        assertThat(proxy.leases.get()).isEqualTo(20);
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 20; i++) {
                sockets.get(i).sendText(round + "/" + i, true).join();
            }
            for (int i = 0; i < 20; i++) {
                assertThat(heard.get(i).next()).isEqualTo(round + "/" + i);
            }
        }
        for (int i = 0; i < 20; i++) {
            if (i % 2 == 0) {
                sockets.get(i).abort();
            } else {
                sockets.get(i).sendClose(WebSocket.NORMAL_CLOSURE, "").join();
                assertThat(heard.get(i).next()).isEqualTo("closed 1000");
            }
        }
    }

    @Test
    void shouldTellAClientWhyThereIsNoSession() {
        assertThatThrownBy(() -> open("nothing", new Heard()))
                .isInstanceOf(CompletionException.class)
                .cause().isInstanceOfSatisfying(WebSocketHandshakeException.class, refused -> {
                    assertThat(refused.getResponse().statusCode()).isEqualTo(400);
                    assertThat(refused.getResponse().headers().firstValue("x-error-no-model-backends"))
                            .hasValue("nothing");
                });
    }

    /** What a client hears, message by message. */
    private static final class Heard implements WebSocket.Listener {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final StringBuilder message = new StringBuilder();

        String next() throws InterruptedException {
            String next = messages.poll(15, TimeUnit.SECONDS);
            assertThat(next).as("a message").isNotNull();
            return next;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                messages.add(message.toString());
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            messages.add("closed " + status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            messages.add(error.toString());
        }
    }
}
