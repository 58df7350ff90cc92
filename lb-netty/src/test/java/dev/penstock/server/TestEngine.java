package dev.penstock.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** An engine that answers at once, streams where it is asked to, and notes what it was asked. */
final class TestEngine implements AutoCloseable {
    static final String FIRST = "data: {\"n\":1}\n\n";
    static final String REST = "data: {\"n\":2}\n\ndata: [DONE]\n\n";

    /** Headers of the requests that came: name and value, then the address of the other side. */
    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    /** What a stream waits for after its first event. */
    final CountDownLatch goOn = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    /**
     * What came.
     *
     * @param authorization the header, or empty
     * @param apiKey the header {@code x-api-key}, or empty
     * @param connection address of the other side: another one for each connection
     */
    record Asked(List<String> authorization, List<String> apiKey, InetSocketAddress connection) {}

    TestEngine() {
        this(null, false, InetAddress.getLoopbackAddress());
    }

    TestEngine(SSLContext tls, boolean clientCertificate) {
        this(tls, clientCertificate, InetAddress.getLoopbackAddress());
    }

    TestEngine(@Nullable SSLContext tls, boolean clientCertificate, InetAddress address) {
        try {
            InetSocketAddress any = new InetSocketAddress(address, 0);
            server = tls == null ? HttpServer.create(any, 64) : secure(HttpsServer.create(any, 64), tls,
                    clientCertificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private static HttpServer secure(HttpsServer server, SSLContext tls, boolean clientCertificate) {
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = tls.getDefaultSSLParameters();
                wanted.setNeedClientAuth(clientCertificate);
                parameters.setSSLParameters(wanted);
            }
        });
        return server;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(new Asked(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()),
                    exchange.getRequestHeaders().getOrDefault("X-api-key", List.of()), exchange.getRemoteAddress()));
            String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (request.contains("\"stream\":true")) {
                stream(exchange);
                return;
            }
            byte[] body = "{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private void stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        out.write(FIRST.getBytes(StandardCharsets.UTF_8));
        out.flush();
        try {
            goOn.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        out.write(REST.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        goOn.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
