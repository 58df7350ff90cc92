package dev.penstock.server.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.server.Penstock;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A whole balancer whose router takes the first candidate, or the last if asked to, seen through its admin port. */
final class WatchedPenstock implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient admin = HttpClient.newHttpClient();
    private final Penstock penstock;

    private WatchedPenstock(Penstock.Builder described, String... settings) {
        described.setting("listen.host", "127.0.0.1", "test").setting("listen.port", "0", "test")
                .setting("admin.port", "0", "test").setting("warm-up.requests", "0", "test")
                .setting("io.threads", "1", "test").setting("scrape.enabled", "false", "test")
                .setting("io.transport", "nio", "test")
                .setting("discovery.interval", "20ms", "test").setting("shutdown.grace", "0", "test")
                .setting("routing.strategy", "first", "test").provider(strategy("first")).provider(strategy("last"));
        for (int i = 0; i < settings.length; i += 2) {
            described.setting(settings[i], settings[i + 1], "test");
        }
        penstock = described.start();
    }

    /** A fleet that stays, and settings: names and values, in turn. */
    static WatchedPenstock of(int[] ports, String... settings) {
        return new WatchedPenstock(Penstock.builder().config("test", models(ports)), settings);
    }

    /** A fleet as a file tells it. */
    static WatchedPenstock of(Path file, String... settings) {
        return new WatchedPenstock(Penstock.builder().configFile(file), settings);
    }

    static String models(int... ports) {
        return "models: [{name: m, endpoints: [" + Arrays.stream(ports).mapToObj(port -> "\"127.0.0.1:" + port + "\"")
                .collect(Collectors.joining(", ")) + "]}]";
    }

    private static RouterProvider strategy(String name) {
        return new RouterProvider() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Router create(RouterEnvironment environment) {
                return context -> context.select(context.candidates().get(
                        name.equals("first") ? 0 : context.candidates().size() - 1));
            }
        };
    }

    RawConnection connect() {
        try {
            return new RawConnection(socket());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects without a word. */
    Socket socket() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port());
    }

    int port() {
        return penstock.port();
    }

    /** Connects and shakes hands. */
    RawConnection connect(SSLContext tls) throws IOException {
        return secure(tls, socket());
    }

    /** Shakes hands over a connection, and offers these protocols. */
    static RawConnection secure(SSLContext tls, Socket over, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(over, "localhost", over.getPort(), true);
        SSLParameters offered = socket.getSSLParameters();
        offered.setApplicationProtocols(protocols);
        socket.setSSLParameters(offered);
        socket.setSoTimeout(15_000);
        socket.startHandshake();
        return new RawConnection(socket);
    }

    /** Sends a request over a connection of its own; its answer. */
    RawConnection.Message ask(String... headers) {
        try (RawConnection client = connect()) {
            return client.send(Http.chat(headers)).readMessage();
        }
    }

    /** The endpoints of the model, as the admin page shows them. */
    JsonNode endpoints() {
        try {
            return JSON.readTree(get("/admin/snapshot")).path("models").path(0).path("endpoints");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode endpoint(int port) {
        for (JsonNode endpoint : endpoints()) {
            if (endpoint.path("address").asText().endsWith(":" + port)) {
                return endpoint;
            }
        }
        throw new AssertionError("no endpoint at " + port);
    }

    String health(int port) {
        return endpoint(port).path("health").asText();
    }

    String reason(int port) {
        return endpoint(port).path("health_history").path("reason").asText();
    }

    int out() {
        int out = 0;
        for (JsonNode endpoint : endpoints()) {
            out += endpoint.path("health").asText().equals("ready") ? 0 : 1;
        }
        return out;
    }

    void awaitHealth(int port, String state) {
        TestProxy.await(port + " is " + state, () -> health(port).equals(state));
    }

    /** The value of a metric's series, as it stands in the page. */
    long metric(String series) {
        for (String line : get("/metrics").lines().toList()) {
            if (line.startsWith(series + " ")) {
                return (long) Double.parseDouble(line.substring(series.length() + 1));
            }
        }
        throw new AssertionError("no series " + series);
    }

    private String get(String path) {
        try {
            return admin.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + penstock.adminPort() + path))
                    .build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        admin.close();
        TestProxy.await("nothing in flight", () -> penstock.openRequests() == 0
                && penstock.inside().reservations() == 0 && penstock.inside().leases() == 0);
        penstock.close();
    }
}
