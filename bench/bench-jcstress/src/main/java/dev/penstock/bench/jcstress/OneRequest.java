package dev.penstock.bench.jcstress;

import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineHost;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.LifecycleEvent;
import dev.penstock.core.engine.Mailbox;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.port.Forecasts;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.HeldRequests;
import dev.penstock.core.port.Metrics;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Plan;
import dev.penstock.spi.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A request at an engine of its own, whose router has been asked, or is about to be, and has not answered. Whoever calls {@link #serve}
 * is the server; one at a time.
 */
final class OneRequest implements EngineHost, Mailbox {
    private final Queue<LifecycleEvent> lifecycle = new ConcurrentLinkedQueue<>();
    private final Queue<RoutingAttempt> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final CountedFigures figures = new CountedFigures();
    private final RoutingEngine engine;
    private final RoutingAttempt attempt;
    private @Nullable RoutingContext asked;

    OneRequest() {
        this(true);
    }

    /** One that waits in the mailbox, or whose router has been asked already. */
    OneRequest(boolean served) {
        StrategyCatalog strategies = OnePod.thinking(context -> asked = context);
        engine = new RoutingEngine(new EngineContext(0, OnePod.SNAPSHOTS, figures, Health.UNWATCHED, Forecasts.NONE,
                this::hold, strategies, new EngineMetrics(Metrics.NONE), 1), this, 0, Set.of());
        attempt = new RoutingAttempt(OnePod.REQUEST, Objects.requireNonNull(strategies.parse(OnePod.STRATEGY)), null,
                List.of(), 0, Long.MAX_VALUE, answered -> told.incrementAndGet());
        requests.add(attempt);
        if (served) {
            serve();
        }
    }

    private HeldRequests.Hold hold(String model) {
        held.incrementAndGet();
        return held::decrementAndGet;
    }

    /** Requests that are counted as waiting in a router. */
    int held() {
        return held.get();
    }

    /** The router answers. Any thread. */
    boolean select() {
        return Objects.requireNonNull(asked).select(new Plan.Single(OnePod.POD));
    }

    void serve() {
        engine.serve(this, 0);
    }

    RoutingAttempt attempt() {
        return attempt;
    }

    int told() {
        return told.get();
    }

    CountedFigures figures() {
        return figures;
    }

    @Override
    public void post(LifecycleEvent event) {
        lifecycle.add(event);
    }

    @Override
    public void wakeAt(long nanoTime) {}

    @Override
    public void leaveEventLoops() {}

    @Override
    public @Nullable LifecycleEvent pollLifecycle() {
        return lifecycle.poll();
    }

    @Override
    public @Nullable RoutingAttempt pollRequest() {
        return requests.poll();
    }

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
