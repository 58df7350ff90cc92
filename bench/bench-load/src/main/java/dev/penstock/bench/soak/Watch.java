package dev.penstock.bench.soak;

import dev.penstock.server.Penstock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks every second whether what the load balancer counts can be. A thread of its own. */
final class Watch implements AutoCloseable {
    private static final long BODY_BUDGET = 256L << 20;

    private final Penstock penstock;
    private final long mostRequests;
    private final Ends ends;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private long looks;

    /**
     * A watch that has not begun.
     *
     * @param clients how many clients there are at a time
     */
    Watch(Penstock penstock, int clients, Ends ends) {
        this.penstock = penstock;
        // A client that went away comes back before it may have been missed.
        this.mostRequests = 3L * clients;
        this.ends = ends;
        this.thread = Thread.ofPlatform().name("soak-watch").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        stop.countDown();
    }

    private void run() {
        try {
            while (!stop.await(1, TimeUnit.SECONDS)) {
                looks++;
                Penstock.Inside inside = penstock.inside();
                within("reservations", inside.reservations(), mostRequests);
                within("leases", inside.leases(), mostRequests);
                within("body bytes", inside.bodyBytes(), BODY_BUDGET);
                within("open requests", penstock.openRequests(), mostRequests);
            }
        } catch (InterruptedException | RuntimeException e) {
            ends.problem("watching failed: " + e);
        }
    }

    private void within(String name, long value, long most) {
        if (value < 0 || value > most) {
            ends.problem(name + " are " + value + " after " + looks + " s (expected: 0 to " + most + ")");
        }
    }
}
