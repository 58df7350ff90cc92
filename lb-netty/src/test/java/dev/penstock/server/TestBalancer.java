package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A whole balancer with a client, on free ports. */
final class TestBalancer implements AutoCloseable {
    static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    static final String STREAM =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    final Penstock penstock;
    final HttpClient client;

    private TestBalancer(Penstock penstock, @Nullable SSLContext tls) {
        this.penstock = penstock;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        client = (tls == null ? builder : builder.sslContext(tls)).build();
    }

    static TestBalancer start(Path config, @Nullable SSLContext tls) {
        return new TestBalancer(builder().configFile(config).start(), tls);
    }

    static TestBalancer start(Penstock.Builder builder) {
        return new TestBalancer(builder.start(), null);
    }

    static TestBalancer inline(String yaml) {
        return new TestBalancer(builder().config("inline", yaml).start(), null);
    }

    static Penstock.Builder builder() {
        Penstock.Builder builder = Penstock.builder().provider(new First());
        Map.of("listen.host", "127.0.0.1", "listen.port", "0", "admin.port", "0", "warm-up.requests", "0",
                "routing.strategy", "first", "cache.max-endpoints", "64", "io.threads", "1", "shutdown.grace", "1s",
                "timeouts.header", "2s")
                .forEach((name, value) -> builder.setting(name, value, "test"));
        // Engines here answer what a test says, one answer for each request of the test.
        builder.setting("scrape.enabled", "false", "test");
        return builder;
    }

    HttpResponse<String> chat(String... headers) throws IOException, InterruptedException {
        return client.send(request(CHAT, headers), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest request(String body, String... headers) {
        String scheme = penstock.tls() ? "https" : "http";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + penstock.port()
                + "/v1/chat/completions")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    String admin(String path) {
        try {
            return client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + penstock.adminPort() + path))
                    .build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        client.close();
        penstock.close();
    }

    /** Takes the first candidate. */
    private static final class First implements RouterProvider {
        @Override
        public String name() {
            return "first";
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return context -> context.select(context.candidates().get(0));
        }
    }
}
