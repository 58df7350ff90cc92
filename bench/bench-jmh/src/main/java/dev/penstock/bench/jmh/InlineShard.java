package dev.penstock.bench.jmh;

import dev.penstock.core.engine.EngineHost;
import dev.penstock.core.engine.LifecycleEvent;
import dev.penstock.core.engine.Mailbox;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Plan;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Usage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real engine without a mailbox between threads: a decision and nothing else. One thread. */
final class InlineShard implements EngineHost, Mailbox, RoutingAttempt.Owner {
    // What is remembered for a while has to be made anew as often as with that many requests a second: 50,000.
    private static final long BETWEEN_NANOS = 20_000;

    private final RoutingEngine engine;
    private final StrategyExpression strategy;
    private final Queue<LifecycleEvent> lifecycle = new ArrayDeque<>();
    private @Nullable RoutingAttempt waiting;
    private int answered;
    private long now;

    InlineShard(BenchFleet fleet, String router) {
        StrategyCatalog catalog = BenchStrategies.catalog();
        strategy = BenchStrategies.named(catalog, router);
        engine = new RoutingEngine(BenchStrategies.engine(fleet, catalog), this, 0, Set.of());
    }

    /** Chooses and reserves an endpoint, and gives it back. */
    @Nullable Plan decide() {
        RoutingAttempt attempt = send(BenchFleet.REQUEST);
        Plan plan = attempt.plan();
        attempt.ended(Usage.UNKNOWN);
        return plan;
    }

    /** Sends a prompt of its own to wherever the router likes, and leaves it there. */
    void leave(int number) {
        send(BenchFleet.prompt(number));
    }

    private RoutingAttempt send(RoutingRequest request) {
        RoutingAttempt attempt = new RoutingAttempt(request, strategy, null, List.of(), 0, Long.MAX_VALUE, this);
        waiting = attempt;
        now += BETWEEN_NANOS;
        engine.serve(this, now);
        return attempt;
    }

    @Override
    public void answered(RoutingAttempt attempt) {
        answered++;
    }

    int answers() {
        return answered;
    }

    @Override
    public @Nullable RoutingAttempt pollRequest() {
        RoutingAttempt next = waiting;
        waiting = null;
        return next;
    }

    @Override
    public void post(LifecycleEvent event) {
        lifecycle.add(event);
    }

    @Override
    public @Nullable LifecycleEvent pollLifecycle() {
        return lifecycle.poll();
    }

    @Override
    public void wakeAt(long nanoTime) {}

    @Override
    public void leaveEventLoops() {}

    @Override
    public boolean takeSnapshotChanged() {
        return false;
    }

    @Override
    public boolean takeWakeUp() {
        return false;
    }

    @Override
    public @Nullable KvEvent pollKvEvent() {
        return null;
    }

    @Override
    public void enterRouter() {}

    @Override
    public boolean leaveRouter() {
        return true;
    }
}
