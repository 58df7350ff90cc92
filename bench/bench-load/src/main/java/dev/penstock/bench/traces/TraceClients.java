package dev.penstock.bench.traces;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients that send one request after the other, at a steady rate, and note when. Each is a thread of its own. */
final class TraceClients implements AutoCloseable {

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();
    private final TraceTally begun = new TraceTally();
    private final TraceTally ended = new TraceTally();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong tickets;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * Begins to send.
     *
     * @param number clients
     * @param requests requests in all, the last of them as long as the rate needs
     * @param perSecond requests a second in all
     * @param urls of the balancers, in turn
     * @param models names of models, in turn
     */
    TraceClients(int number, long requests, long perSecond, List<String> urls, List<String> models) {
        tickets = new AtomicLong(requests);
        long pauseNanos = 1_000_000_000L * number / perSecond;
        for (int i = 0; i < number; i++) {
            int client = i;
            threads.add(Thread.ofPlatform().name("client-" + i).daemon().start(() -> run(client, pauseNanos, urls,
                    models)));
        }
    }

    private void run(int client, long pauseNanos, List<String> urls, List<String> models) {
        URI uri = URI.create(urls.get(client % urls.size()) + "/v1/chat/completions");
        long next = System.nanoTime();
        for (int i = client; !stopped && tickets.getAndDecrement() > 0; i++) {
            send(uri, models.get(i % models.size()));
            next += pauseNanos;
            while (!stopped && System.nanoTime() - next < 0) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
    }

    private void send(URI uri, String model) {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")).build();
        long from = System.currentTimeMillis();
        boolean good;
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            good = response.statusCode() == 200 && response.body().contains("\"usage\"");
        } catch (IOException e) {
            good = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            good = false;
        }
        long to = System.currentTimeMillis();
        begun.add(from, to);
        if (good) {
            ended.add(from, to);
        } else {
            failed.incrementAndGet();
        }
    }

    /** Whether one of them still sends. */
    boolean busy() {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /** Requests that began. */
    TraceTally begun() {
        return begun;
    }

    /** Requests that were answered well. */
    TraceTally ended() {
        return ended;
    }

    /** Requests that were not. */
    long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(LockSupport::unpark);
        http.shutdownNow();
    }
}
