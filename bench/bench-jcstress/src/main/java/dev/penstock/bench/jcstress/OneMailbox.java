package dev.penstock.bench.jcstress;

import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.mailbox.ShardContext;
import dev.penstock.server.mailbox.ShardMailbox;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A mailbox without threads of its own; its clock stands, and a call of a router is too long at once. */
final class OneMailbox {

    /** Counts in plain fields, as plugins do: an overlap, or a step that is not seen, shows in the sum. */
    private final class Counting implements Router {
        @Override
        public void route(RoutingContext context) {
            calls++;
            context.select(OnePod.POD);
        }

        @Override
        public void ended(RoutingContext context, PodView endpoint, Usage usage) {
            ends++;
        }
    }

    private static final Metrics METRICS = Metrics.NONE;

    private final CountedFigures figures = new CountedFigures();
    private final AtomicInteger told = new AtomicInteger();
    private final StrategyCatalog strategies = OnePod.thinking(new Counting());
    private final ShardMailbox mailbox;
    private final boolean onlyLoops;
    // Compared with the current thread only.
    private @Nullable Thread loop;
    private int calls;
    private int ends;

    OneMailbox() {
        this(false);
    }

    OneMailbox(boolean onlyLoops) {
        this.onlyLoops = onlyLoops;
        EngineContext engine = new EngineContext(0, OnePod.SNAPSHOTS, figures, Health.UNWATCHED, strategies,
                new EngineMetrics(METRICS), 1);
        ShardContext context = new ShardContext(1, shard -> engine, () -> 0, 16, () -> 0, this::onLoop, METRICS);
        mailbox = new ShardMailbox(0, context, this::onLoop, (shard, epoch) -> {});
        // Once the shard has seen its first fleet, loops may serve it.
        mailbox.serveOnThread();
    }

    private boolean onLoop() {
        return onlyLoops || loop == Thread.currentThread();
    }

    ShardMailbox mailbox() {
        return mailbox;
    }

    RoutingAttempt attempt() {
        return new RoutingAttempt(OnePod.REQUEST, Objects.requireNonNull(strategies.parse(OnePod.STRATEGY)), null,
                List.of(), 0, Long.MAX_VALUE, answered -> told.incrementAndGet());
    }

    /** Puts an attempt in, on a thread that is no loop. */
    void submit() {
        mailbox.submit(attempt());
    }

    /** Puts an attempt in, on a loop. */
    void submitOnLoop() {
        loop = Thread.currentThread();
        mailbox.submit(attempt());
        loop = null;
    }

    /** What the shard's own thread does until it parks. */
    void serveUntilParked() {
        do {
            mailbox.serveOnThread();
        } while (!mailbox.readyToPark());
    }

    /** What the shard's own thread does once it was woken; nothing where it still sleeps. */
    void serveIfWoken() {
        if (!mailbox.parked()) {
            mailbox.serveOnThread();
        }
    }

    int told() {
        return told.get();
    }

    int calls() {
        return calls;
    }

    int ends() {
        return ends;
    }

    int inFlight() {
        return figures.inFlightLocal(OnePod.POD);
    }
}
