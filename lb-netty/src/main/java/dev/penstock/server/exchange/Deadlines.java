package dev.penstock.server.exchange;

import dev.penstock.core.port.NanoClock;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All deadlines of one event loop, looked at by one timer that is set anew while there are any. Confined to that loop.
 *
 * <p>A timer for each deadline would cost each request several entries in the loop's queue; a deadline here costs two
 * links, and is met within {@value #SLACK_MILLIS} ms.
 */
public final class Deadlines {
    private static final int SLACK_MILLIS = 10;
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(SLACK_MILLIS);
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final NanoClock clock;
    private final BooleanSupplier upkeep;
    private final Runnable tick = this::tick;
    private final List<Timed> due = new ArrayList<>();
    private @Nullable Timed first;
    private @Nullable ScheduledFuture<?> timer;
    private long nextTickNanos;

    /**
     * No deadlines.
     *
     * @param upkeep asked at each look, at least once a second; whether it has to be asked again without deadlines
     */
    Deadlines(EventLoop loop, NanoClock clock, BooleanSupplier upkeep) {
        this.loop = loop;
        this.clock = clock;
        this.upkeep = upkeep;
    }

    /** Begins to watch. */
    public void add(Timed timed) {
        assert loop.inEventLoop();
        assert !timed.listed;
        Timed head = first;
        timed.listed = true;
        timed.before = null;
        timed.after = head;
        if (head != null) {
            head.before = timed;
        }
        first = timed;
        hurry(timed);
    }

    /** Sees to it that a deadline which has become earlier is met. */
    public void hurry(Timed timed) {
        long now = clock.nanoTime();
        long delay = Math.min(timed.remaining(now), LONGEST_NANOS);
        if (timer == null) {
            schedule(now, delay);
        } else if (now + delay - nextTickNanos < -SLACK_NANOS) {
            timer.cancel(false);
            schedule(now, delay);
        }
    }

    /** Ends watching; does nothing where it has ended. */
    public void remove(Timed timed) {
        assert loop.inEventLoop();
        if (!timed.listed) {
            return;
        }
        timed.listed = false;
        Timed before = timed.before;
        Timed after = timed.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after != null) {
            after.before = before;
        }
        timed.before = null;
        timed.after = null;
    }

    /** Calls for each that is watched; the call may remove any of them. */
    void forEach(Consumer<Timed> action) {
        assert loop.inEventLoop();
        List<Timed> all = new ArrayList<>();
        for (Timed timed = first; timed != null; timed = timed.after) {
            all.add(timed);
        }
        for (Timed timed : all) {
            if (timed.listed) {
                action.accept(timed);
            }
        }
    }

    private void schedule(long now, long delay) {
        long bounded = Math.max(delay, SLACK_NANOS);
        nextTickNanos = now + bounded;
        timer = loop.schedule(tick, bounded, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        timer = null;
        long now = clock.nanoTime();
        for (Timed timed = first; timed != null; timed = timed.after) {
            if (timed.due(now)) {
                due.add(timed);
            }
        }
        for (Timed timed : due) {
            // An earlier one may have ended or moved it.
            if (timed.listed && timed.due(now)) {
                timed.noDeadline();
                timed.expired();
            }
        }
        due.clear();
        again(upkeep.getAsBoolean());
    }

    private void again(boolean needed) {
        if (timer != null || (first == null && !needed)) {
            return;
        }
        long now = clock.nanoTime();
        long earliest = LONGEST_NANOS;
        for (Timed timed = first; timed != null; timed = timed.after) {
            earliest = Math.min(earliest, timed.remaining(now));
        }
        schedule(now, earliest);
    }
}
