package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Engines that close connections, without a word, at just the time at which they are used again. */
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class KeepAliveRaceIT {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);
    private static final int STORMS = 8;
    private static final int REQUESTS = 200;

    @Test
    @Timeout(120)
    void shouldFailNoRequestWhenEnginesCloseIdleConnectionsAsTheyAreUsedAgain() throws Exception {
        try (SimFleet engines = SimFleet.builder().engines(3).model(CalmFleet.MODEL).maxModelLen(1 << 20)
                .time(TimeModel.zero()).keepAlive(KEEP_ALIVE).start();
                CalmFleet fleet = new CalmFleet(engines.addresses())) {
            for (int storm = 0; storm < STORMS; storm++) {
                fleet.send(32, (long) storm * REQUESTS, REQUESTS);
                // The pause is what is tested, and each is a little longer, so that one of them hits.
                long pause = KEEP_ALIVE.toMillis() + 20L * (storm - 2);
                new CompletableFuture<Void>().completeOnTimeout(null, pause, TimeUnit.MILLISECONDS).join();
            }

            assertThat(fleet.ends().problems()).isEmpty();
            assertThat(fleet.ends().counts()).isEqualTo(Map.of("whole", (long) STORMS * REQUESTS));
            fleet.hasNothingLeft();
        }
    }

    @Test
    @Timeout(120)
    void shouldFailNoRequestWhenIdleConnectionsAreClosedUnderLoad() throws Exception {
        try (SimFleet engines = SimFleet.builder().engines(3).model(CalmFleet.MODEL).maxModelLen(1 << 20)
                .time(TimeModel.zero()).start();
                CalmFleet fleet = new CalmFleet(engines.addresses())) {
            Tickets tickets = new Tickets(0, 4_000, Duration.ofMinutes(1).toNanos());
            Thread closing = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    engines.engines().forEach(engine -> engine.closeIdleConnections().join());
                }
            });
            fleet.send(32, tickets);
            closing.interrupt();
            closing.join();

            assertThat(fleet.ends().problems()).isEmpty();
            assertThat(fleet.ends().counts()).isEqualTo(Map.of("whole", 4_000L));
            fleet.hasNothingLeft();
        }
    }
}
