package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine's process is killed under load, and another one takes its port. */
final class EngineKillIT {
    private static final TimeModel SOME_TIME = new TimeModel(0, 2_000_000, 5_000, 256);
    private static final int CLIENTS = 24;

    @Test
    @Timeout(180)
    void shouldLoseOnlyAnswersThatHadBegunWhenAnEngineIsKilled() throws Exception {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        try (SimFleet others = SimFleet.builder().engines(2).model(CalmFleet.MODEL).maxModelLen(1 << 20)
                .time(SOME_TIME).start();
                EngineProcess victim = EngineProcess.start("victim-", 0)) {
            List<String> addresses = new ArrayList<>(others.addresses());
            addresses.add("127.0.0.1:" + victim.port());
            try (CalmFleet fleet = new CalmFleet(addresses)) {
                Tickets tickets = new Tickets(0, Long.MAX_VALUE, Duration.ofMinutes(2).toNanos());
                Thread killing = Thread.ofVirtual().start(() -> {
                    try {
                        progress(fleet, 300);
                        Runnable over = fleet.outages().begins("victim-0");
                        victim.kill();
                        progress(fleet, 300);
                        try (EngineProcess successor = EngineProcess.start("successor-", victim.port())) {
                            over.run();
                            assertThat(successor.port()).isEqualTo(victim.port());
                            progress(fleet, 300);
                            tickets.stop();
                            CalmFleet.await("all requests have ended", () -> fleet.ends().open() == 0);
                        }
                    } catch (Exception | AssertionError e) {
                        failed.set(e);
                    } finally {
                        tickets.stop();
                    }
                });
                fleet.send(CLIENTS, tickets);
                killing.join();

                assertThat(failed.get()).isNull();
                assertThat(fleet.ends().problems()).isEmpty();
                // Each client had one request under way, and only a part of them at this engine.
                long lost = fleet.ends().total() - fleet.ends().counts().getOrDefault("whole", 0L);
                assertThat(lost).isLessThan(CLIENTS);
                fleet.hasNothingLeft();
            }
        }
    }

    private static void progress(CalmFleet fleet, int requests) throws InterruptedException {
        long before = fleet.ends().total();
        CalmFleet.await(requests + " more requests", () -> fleet.ends().total() >= before + requests);
    }
}
