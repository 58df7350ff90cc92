package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Asks over HTTP whether something is ready, and what it answers. Used by the benchmark's thread. */
public final class Probe implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RETRY_MILLIS = 50;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final Workspace workspace;

    /** A probe that gives up waiting when a process of {@code workspace} ends. */
    public Probe(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * The body at {@code path} of the local {@code port}, or an empty string if the answer is not a 200.
     *
     * @throws IOException if there is no answer
     */
    public String text(int port, String path) throws IOException {
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri(port, path)).GET());
        return response.statusCode() == 200 ? response.body() : "";
    }

    /** Waits until {@code path} of the local {@code port} answers 200. */
    void awaitReady(String name, int port, String path) {
        await(name, () -> status(HttpRequest.newBuilder(uri(port, path)).GET()) == 200);
    }

    /** Waits until a request of {@code load} to the local {@code port} is answered with 200. */
    void awaitServing(String name, int port, LoadCase load) {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(load.body());
        await(name, () -> status(HttpRequest.newBuilder(uri(port, LoadCase.PATH))
                .header("Content-Type", "application/json")
                .POST(body)) == 200);
    }

    /** Waits until the local {@code port} takes connections. */
    void awaitListening(String name, int port) {
        await(name, () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Override
    public void close() {
        client.close();
    }

    /** Waits until {@code ready} says so, for half a minute at most. */
    void await(String name, BooleanSupplier ready) {
        long deadline = System.nanoTime() + READY_NANOS;
        while (!ready.getAsBoolean()) {
            workspace.checkAlive();
            if (System.nanoTime() > deadline) {
                throw new BenchException(name + " is not ready after 30 s" + workspace.tails(name));
            }
            pause();
        }
    }

    private int status(HttpRequest.Builder request) {
        try {
            return send(request).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
