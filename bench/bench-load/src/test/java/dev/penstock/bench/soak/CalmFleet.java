package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.routers.basic.LeastRequestProvider;
import dev.penstock.routers.basic.PowerOfTwoProvider;
import dev.penstock.routers.basic.RandomProvider;
import dev.penstock.routers.basic.RoundRobinProvider;
import dev.penstock.routers.basic.SessionAffinityProvider;
import dev.penstock.server.Penstock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A load balancer before given engines, and clients that ask for nothing odd: whatever fails is not their doing. */
final class CalmFleet implements AutoCloseable {
    static final String MODEL = "m";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Penstock penstock;
    private final Crowd crowd;
    private final Outages outages = new Outages();
    private final Ends ends = new Ends();

    /** A balancer before engines at {@code host:port}. */
    CalmFleet(List<String> engines) {
        Penstock.Builder builder = Penstock.builder()
                .config("calm", "models: [{name: " + MODEL + ", endpoints: [" + String.join(", ", engines) + "]}]");
        Map.of("listen.host", "127.0.0.1", "listen.port", "0", "admin.port", "0", "warm-up.requests", "0",
                "scrape.enabled", "false",
                "timeouts.connect", "10s").forEach((name, value) -> builder.setting(name, value, "test"));
        penstock = builder.provider(new RandomProvider()).provider(new RoundRobinProvider())
                .provider(new LeastRequestProvider()).provider(new PowerOfTwoProvider())
                .provider(new SessionAffinityProvider()).start();
        crowd = new Crowd(List.of(Door.cleartext(penstock.port())), PATIENCE);
    }

    Outages outages() {
        return outages;
    }

    Ends ends() {
        return ends;
    }

    /** Sends so many requests, of both protocols, and returns when all have ended. */
    void send(int clients, long first, long requests) throws InterruptedException {
        send(clients, new Tickets(first, requests, Duration.ofMinutes(2).toNanos()));
    }

    /** Sends requests until there are no more numbers. */
    void send(int clients, Tickets tickets) throws InterruptedException {
        crowd.run(clients, tickets, http2 -> new CallMix(7, List.of(MODEL), null, http2), new Judge(outages), ends);
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        assertThat(Patience.until(PATIENCE, condition)).as(what).isTrue();
    }

    /** Looks whether anything is left of the requests. */
    void hasNothingLeft() throws InterruptedException {
        await("no lease, no reservation", () -> penstock.inside().leases() == 0
                && penstock.inside().reservations() == 0 && penstock.inside().bodyBytes() == 0);
    }

    @Override
    public void close() {
        crowd.close();
        penstock.close();
    }
}
