package dev.penstock.server.exchange;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A pod that answers everything at once, with a status that the test changes. */
final class StatusEngine implements AutoCloseable {
    final int port;
    /** Requests other than checks. */
    final AtomicInteger requests = new AtomicInteger();
    /** Requests for {@code /health}. */
    final AtomicInteger checks = new AtomicInteger();
    volatile int status;
    volatile int health = 200;
    private final HttpServer server;

    StatusEngine(int status) {
        this(status, 0);
    }

    /** A pod at a port; 0 for any. */
    StatusEngine(int status, int port) {
        this.status = status;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            answer(exchange, this.status);
        });
        server.createContext("/health", exchange -> {
            checks.incrementAndGet();
            answer(exchange, health);
        });
        server.start();
        this.port = server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] body = "{}".getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** From now on connections are refused. */
    @Override
    public void close() {
        server.stop(0);
    }
}
