package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** All engines are restarted in turn, as a deployment does, while clients go on. */
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class RollingRestartIT {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(2);
    /** So that requests take long enough to be caught by a restart. */
    private static final TimeModel SOME_TIME = new TimeModel(0, 2_000_000, 5_000, 256);

    @Test
    @Timeout(180)
    void shouldLoseNothingWhenEveryEngineIsRestartedInTurn() throws Exception {
        try (SimFleet engines = SimFleet.builder().engines(3).model(CalmFleet.MODEL).maxModelLen(1 << 20)
                .time(SOME_TIME).start();
                CalmFleet fleet = new CalmFleet(engines.addresses())) {
            Tickets tickets = new Tickets(0, Long.MAX_VALUE, LONG_ENOUGH.toNanos());
            AtomicReference<Throwable> failed = new AtomicReference<>();
            Thread restarts = Thread.ofVirtual().start(() -> {
                try {
                    for (SimEngine engine : engines.engines()) {
                        restart(engine);
                    }
                } catch (InterruptedException | RuntimeException | AssertionError e) {
                    failed.set(e);
                } finally {
                    tickets.stop();
                }
            });
            fleet.send(24, tickets);
            restarts.join();

            assertThat(failed.get()).isNull();
            assertThat(fleet.ends().problems()).isEmpty();
            assertThat(fleet.ends().counts()).isEqualTo(Map.of("whole", fleet.ends().total()));
            assertThat(fleet.ends().total()).isPositive();
            fleet.hasNothingLeft();
        }
    }

    /** As a server does that ends in good order: no new connections, and each old one until its answer is whole. */
    private static void restart(SimEngine engine) throws InterruptedException {
        long before = engine.counters().requests().value();
        CalmFleet.await(engine.name() + " gets requests", () -> engine.counters().requests().value() > before);
        engine.stopListening().join();
        CalmFleet.await(engine.name() + " has no connections left", () -> {
            engine.closeIdleConnections().join();
            return engine.counters().connections().value() == 0;
        });
        engine.comeBack().join();
        long away = engine.counters().requests().value();
        CalmFleet.await(engine.name() + " gets requests again", () -> engine.counters().requests().value() > away);
    }
}
