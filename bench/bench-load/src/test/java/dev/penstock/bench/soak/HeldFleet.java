package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.soak.Call.Behavior;
import dev.penstock.server.Penstock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sixteen engines that hold their answers, a load balancer that spreads by {@code least-request}, and clients that send
 * in waves: while a wave comes in, no request ends, so requests in flight may never differ by more than one.
 */
final class HeldFleet implements AutoCloseable {
    static final int ENGINES = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Call CALL = new Call(0, "chat", ("POST /v1/chat/completions HTTP/1.1\r\nHost: p\r\n"
            + "Content-Length: 60\r\n\r\n{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}")
            .getBytes(StandardCharsets.US_ASCII), 1, new Call.Wanted(Set.of(), Call.Form.JSON, 0, false, false, false,
            false, null), new Behavior.Patient(), 1);

    private final ObservedLeastRequest router = new ObservedLeastRequest();
    private final List<HoldingEngine> engines =
            IntStream.range(0, ENGINES).mapToObj(i -> new HoldingEngine()).toList();
    private final Penstock penstock;
    private final List<ClientConnection> clients = new ArrayList<>();
    private long sent;

    HeldFleet(int ioThreads) {
        penstock = Penstock.builder()
                .config("held", "models: [{name: m, endpoints: [" + engines.stream().map(engine ->
                        "\"" + engine.address() + "\"").collect(Collectors.joining(", ")) + "]}]")
                .setting("listen.host", "127.0.0.1", "test").setting("listen.port", "0", "test")
                .setting("admin.port", "0", "test").setting("io.threads", Integer.toString(ioThreads), "test")
                .setting("routing.strategy", "least-request", "test").setting("scrape.enabled", "false", "test")
                .setting("warm-up.requests", "0", "test")
                .setting("timeouts.connect", "60s", "test")
                .provider(router).start();
    }

    /** Sends so many requests at a time, each over a connection of its own, and looks at where they are. */
    void wave(int requests) throws IOException, InterruptedException {
        while (clients.size() < requests) {
            clients.add(new ClientConnection(Door.cleartext(penstock.port()), PATIENCE, false));
        }
        AtomicInteger answered = new AtomicInteger();
        for (ClientConnection client : clients.subList(0, requests)) {
            Thread.ofVirtual().start(() -> {
                client.send(CALL);
                try {
                    if (client.read(CALL).status() == 200) {
                        answered.incrementAndGet();
                    }
                } catch (Tap.SatisfiedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        sent += requests;
        await("all requests at the engines", () -> held().sum() == requests);
        assertThat(held().max().orElseThrow() - held().min().orElseThrow()).as("requests held by %s engines, of %s",
                ENGINES, requests).isLessThanOrEqualTo(1);
        assertThat(penstock.inside().reservations()).isEqualTo(requests);
        assertThat(router.decisions()).isEqualTo((int) sent);
        assertThat(router.widest()).as("in flight between two pods, behind each decision").isLessThanOrEqualTo(1);

        engines.forEach(HoldingEngine::release);
        await("all answers", () -> answered.get() == requests);
        await("no reservation left", () -> penstock.inside().reservations() == 0);
    }

    private IntStream held() {
        return engines.stream().mapToInt(HoldingEngine::held);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        assertThat(Patience.until(PATIENCE, condition)).as(what).isTrue();
    }

    @Override
    public void close() throws IOException {
        clients.forEach(ClientConnection::close);
        penstock.close();
        for (HoldingEngine engine : engines) {
            engine.close();
        }
    }
}
