package dev.penstock.server.checks;

import dev.penstock.core.config.HealthChecks;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.server.upstream.UpstreamPool;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks each ready endpoint again and again how it is, if the settings say so, and tells what to make of it. Confined to
 * one event loop, but for {@link #start} and {@link #close}.
 *
 * <p>The endpoints take turns: a few of them are asked in each part of the interval, and never many at a time.
 */
public final class ActiveChecks implements AutoCloseable {
    private static final int TURNS = 16;
    private static final int MOST_AT_ONCE = 64;
    private static final long OFF_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LEAST_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final UpstreamPool pool;
    private final SnapshotSource snapshots;
    private final Health health;
    private final Supplier<HealthChecks> settings;
    private final Metrics.Count well;
    private final Metrics.Count failed;
    private final SplittableRandom random = new SplittableRandom();
    private final ArrayDeque<EndpointCheck> waiting = new ArrayDeque<>();
    private @Nullable EndpointCheck[] bySlot = new EndpointCheck[16];
    private @Nullable ScheduledFuture<?> next;
    private int running;
    private int turn;
    private boolean closed;

    /**
     * Checks that have not begun.
     *
     * @param loop where they run
     * @param pool the loop's connections
     * @param snapshots the fleet
     * @param health is told
     * @param settings whether and how, as it is now
     * @param metrics what is counted
     */
    public ActiveChecks(EventLoop loop, UpstreamPool pool, SnapshotSource snapshots, Health health,
            Supplier<HealthChecks> settings, Metrics metrics) {
        this.loop = loop;
        this.pool = pool;
        this.snapshots = snapshots;
        this.health = health;
        this.settings = settings;
        this.well = metrics.counter("penstock_health_checks", "Active checks of endpoints, by result.",
                "result", "well");
        this.failed = metrics.counter("penstock_health_checks", "Active checks of endpoints, by result.",
                "result", "failed");
    }

    /** Begins. Any thread. */
    public void start() {
        loop.execute(this::turn);
    }

    /** Ends all checks, soon. Any thread. */
    @Override
    public void close() {
        try {
            loop.execute(this::end);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and all that ran on it.
            return;
        }
    }

    private void end() {
        closed = true;
        if (next != null) {
            next.cancel(false);
        }
        stopAll();
    }

    private void stopAll() {
        waiting.clear();
        for (EndpointCheck check : bySlot) {
            if (check != null) {
                check.stop();
            }
        }
        Arrays.fill(bySlot, null);
        running = 0;
    }

    private void turn() {
        if (closed) {
            return;
        }
        HealthChecks rules = settings.get();
        long rest = OFF_NANOS;
        if (rules.on()) {
            turn = (turn + 1) % TURNS;
            checkThoseOf(turn);
            rest = Math.max(LEAST_TURN_NANOS, rules.intervalNanos() / TURNS);
            // Several balancers that were started together must not ask together for ever.
            rest += random.nextLong(rest / 4 + 1) - rest / 8;
        } else {
            stopAll();
        }
        next = loop.schedule(this::turn, rest, TimeUnit.NANOSECONDS);
    }

    private void checkThoseOf(int number) {
        Snapshot fleet = snapshots.current();
        if (fleet.slots() > bySlot.length) {
            bySlot = Arrays.copyOf(bySlot, fleet.slots());
        }
        for (int slot = number; slot < bySlot.length; slot += TURNS) {
            EndpointCheck check = current(slot, slot < fleet.slots() ? fleet.endpoint(slot) : null);
            if (check != null && check.begin()) {
                waiting.add(check);
            }
        }
        runMore();
    }

    /** The check of the endpoint that has a slot now; null where it has none that is ready. */
    private @Nullable EndpointCheck current(int slot, @Nullable PodView endpoint) {
        EndpointCheck check = bySlot[slot];
        if (check != null && (endpoint == null || !endpoint.ready() || !check.endpoint().sameEndpoint(endpoint))) {
            if (check.stop()) {
                running--;
            }
            waiting.remove(check);
            check = null;
        }
        if (check == null && endpoint != null && endpoint.ready()) {
            check = new EndpointCheck(this, endpoint);
        }
        bySlot[slot] = check;
        return check;
    }

    private void runMore() {
        while (running < MOST_AT_ONCE) {
            EndpointCheck check = waiting.poll();
            if (check == null) {
                return;
            }
            running++;
            check.run(settings.get());
        }
    }

    /** A check has ended by itself, well or not. */
    void ended(EndpointCheck check, boolean good) {
        assert loop.inEventLoop();
        running--;
        (good ? well : failed).increment();
        HealthChecks rules = settings.get();
        if (rules.on() && check.inRow() >= (good ? rules.healthy() : rules.unhealthy())) {
            health.checked(check.endpoint(), good);
        }
        runMore();
    }

    EventLoop loop() {
        return loop;
    }

    UpstreamPool pool() {
        return pool;
    }
}
