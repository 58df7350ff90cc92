package dev.penstock.server.exchange;

import dev.penstock.core.port.NanoClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many retries a process may make: a share of its requests, saved up to a bound, and a few each second in any case,
 * so that a process without traffic can retry at all. Any thread.
 */
public final class RetryBudget {
    /** A retry costs as much as this many percent of a request. */
    private static final long RETRY = 100;
    private static final long MOST = 1_000 * RETRY;
    private static final int FLOOR_PER_SECOND = 10;
    private static final int BATCH = 16;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NanoClock clock;
    private final AtomicLong saved = new AtomicLong();
    /** The current second, times 256, and how many of its free retries are used. */
    private final AtomicLong floor = new AtomicLong();

    /** A budget with nothing saved. */
    public RetryBudget(NanoClock clock) {
        this.clock = clock;
    }

    /** The side of one event loop, which pays in for many requests at once. */
    Account account() {
        return new Account();
    }

    /** Takes a retry. */
    boolean tryTake() {
        long before = saved.get();
        while (before >= RETRY) {
            if (saved.compareAndSet(before, before - RETRY)) {
                return true;
            }
            before = saved.get();
        }
        return takeFree();
    }

    private boolean takeFree() {
        long second = Math.floorDiv(clock.nanoTime(), SECOND_NANOS);
        while (true) {
            long before = floor.get();
            long used = before >> 8 == second ? before & 0xff : 0;
            if (used >= FLOOR_PER_SECOND) {
                return false;
            }
            if (floor.compareAndSet(before, (second << 8) | (used + 1))) {
                return true;
            }
        }
    }

    private void save(long amount) {
        saved.accumulateAndGet(amount, (before, more) -> Math.min(MOST, before + more));
    }

    /** What one event loop pays in. Confined to it. */
    final class Account {
        private int requests;

        /** A request has begun, and a percentage of it may be spent on retries. */
        void request() {
            requests++;
        }

        /** Pays in, once for many requests. */
        void settle(int percent) {
            if (requests >= BATCH) {
                save((long) requests * percent);
                requests = 0;
            }
        }

        /** Takes a retry, paying in before. */
        boolean tryTake(int percent) {
            save((long) requests * percent);
            requests = 0;
            return percent > 0 && RetryBudget.this.tryTake();
        }
    }
}
