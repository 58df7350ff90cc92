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
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A request at an engine of its own, whose router is asked and does not answer by itself. Whoever calls {@link #serve}
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
    private int revoked;

    OneRequest() {
        StrategyCatalog strategies = OnePod.thinking(new Thinking());
        engine = new RoutingEngine(new EngineContext(0, OnePod.SNAPSHOTS, figures, Health.UNWATCHED, Forecasts.NONE,
                this::hold, strategies, new EngineMetrics(Metrics.NONE), 1), this, 0, Set.of());
        attempt = new RoutingAttempt(OnePod.REQUEST, Objects.requireNonNull(strategies.parse(OnePod.STRATEGY)), null,
                List.of(), 0, Long.MAX_VALUE, answered -> told.incrementAndGet());
        requests.add(attempt);
    }

    /** One whose router has been asked. */
    static OneRequest asked() {
        OneRequest made = new OneRequest();
        made.serve();
        return made;
    }

    private final class Thinking implements Router {
        @Override
        public void route(RoutingContext context) {
            asked = context;
        }

        @Override
        public void revoked(RoutingContext context) {
            revoked++;
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

    /** Whether the router was asked. By the server. */
    boolean known() {
        return asked != null;
    }

    /** How often the router was told that nobody waits. By the server. */
    int revoked() {
        return revoked;
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
