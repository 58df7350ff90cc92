package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The phases of the end, seen from outside. */
@Timeout(60)
class ShutdownIT {
    private static final byte[] LIST = "GET /v1/models HTTP/1.1\r\nHost: test\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    private static final int MANY = 200;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    private Penstock start(String more) {
        return Penstock.builder().config("test", "models: [{name: m, endpoints: [\"127.0.0.1:1\"]}]\n"
                + "listen: {host: 127.0.0.1, port: 0}\nadmin.port: 0\nwarm-up.requests: 0\nscrape.enabled: false\n"
                + "io.threads: 1\nrouting.strategy: first\nrouting.on-loop: first\n" + more)
                .provider(new First()).start();
    }

    private static Socket connect(Penstock penstock) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), penstock.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldAnswerEveryConnectionThatTheKernelHasAccepted() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            Penstock penstock = start("");
            try {
                for (int i = 0; i < MANY; i++) {
                    Socket socket = connect(penstock);
                    sockets.add(socket);
                    socket.getOutputStream().write(LIST);
                }
            } finally {
                penstock.close();
            }
            for (Socket socket : sockets) {
                assertThat(readAll(socket)).startsWith("HTTP/1.1 200").endsWith("}");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void shouldSayThatItIsNotReadyAndAcceptUntilItIsClosed() throws Exception {
        Penstock penstock = start("shutdown: {delay: 20s, grace: 40s}");
        try (HttpClient probe = HttpClient.newHttpClient()) {
            CompletableFuture<Void> leaving = CompletableFuture.runAsync(penstock::leave);
            HttpRequest ready = HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + penstock.adminPort() + "/readyz")).build();
            HttpResponse<String> answer;
            do {
                answer = probe.send(ready, HttpResponse.BodyHandlers.ofString());
            } while (answer.statusCode() == 200);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("shutting down");
            // Its loop may not have heard of it at the first one.
            String last;
            do {
                try (Socket socket = connect(penstock)) {
                    socket.getOutputStream().write(LIST);
                    byte[] some = new byte[1024];
                    last = new String(some, 0, socket.getInputStream().read(some), StandardCharsets.UTF_8);
                }
                assertThat(last).startsWith("HTTP/1.1 200");
            } while (!last.contains("connection: close"));
            assertThat(leaving).isNotDone();

            penstock.close();

            leaving.get(10, TimeUnit.SECONDS);
        } finally {
            penstock.close();
        }
    }

    @Test
    void shouldWriteTheLinesOfAllRequestsBeforeItEnds() throws IOException {
        Path log = folder.resolve("access.log");
        int requests = 50;
        try (Penstock penstock = start("access-log: " + log); Socket socket = connect(penstock)) {
            for (int i = 1; i < requests; i++) {
                socket.getOutputStream().write(LIST);
            }
            socket.getOutputStream().write("GET /v1/models HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(readAll(socket)).contains("connection: close");
        }

        assertThat(Files.readAllLines(log)).hasSize(requests).allMatch(line -> line.contains("\"end\":\"completed\""));
    }

    /** Chooses the first one. */
    private static final class First implements RouterProvider {
        @Override
        public String name() {
            return "first";
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return First::choose;
        }

        private static void choose(RoutingContext context) {
            Candidates candidates = context.candidates();
            context.select(candidates.get(0));
        }
    }
}
