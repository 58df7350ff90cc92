package dev.penstock.bench.soak;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks every second whether what the load balancers count, and what the process holds, can be. Every half minute
 * clients hold still: then, and only then, it is known exactly what must be counted. A thread of its own.
 */
final class Watch implements AutoCloseable {
    private static final long BODY_BUDGET = 2 * (256L << 20);
    private static final long MOST_DIRECT_MEMORY = 768L << 20;
    /** Client, both sides of a balancer, engine; and as much again for connections that idle or end. */
    private static final int DESCRIPTORS_OF_A_CLIENT = 8;
    private static final int OTHER_DESCRIPTORS = 200;
    /** Routers that hang cost a thread each; and there are the JDK's own, such as carriers of virtual threads. */
    private static final int MORE_THREADS = 48;
    /** How long a lease may outlive its request: what is on the wire, and a machine that is busy elsewhere. */
    private static final int GRACE_SECONDS = 2;
    private static final int FIRST_STILL = 4;
    private static final int STILL_EVERY = 30;

    private final Balancers balancers;
    private final Ends ends;
    private final Stillness stillness;
    private final long mostRequests;
    private final long mostDescriptors;
    private final long mostThreads;
    private final Map<String, Long> extremes = new ConcurrentSkipListMap<>();
    private final ArrayDeque<Long> endedBefore = new ArrayDeque<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private long looks;

    /**
     * A watch that has not begun.
     *
     * @param clients how many clients there are at a time
     */
    Watch(Balancers balancers, int clients, Stillness stillness, Ends ends) {
        Footprint before = Footprint.now();
        this.balancers = balancers;
        this.stillness = stillness;
        // A client that went away comes back before it may have been missed.
        this.mostRequests = 3L * clients;
        this.mostDescriptors = before.descriptors() + (long) DESCRIPTORS_OF_A_CLIENT * clients + OTHER_DESCRIPTORS;
        this.mostThreads = before.threads() + MORE_THREADS;
        this.ends = ends;
        this.thread = Thread.ofPlatform().name("soak-watch").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The largest of each figure so far, by name. Any thread. */
    Map<String, Long> extremes() {
        return extremes;
    }

    /** Ends it; clients do not hold still any more when it returns. */
    @Override
    public void close() {
        stop.countDown();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            long due = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            while (!stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                looks++;
                // A machine that is busy elsewhere shows here, and explains nothing.
                extremes.merge("most milliseconds that this process had to wait for a core",
                        (System.nanoTime() - due) / 1_000_000, Math::max);
                look();
                if (looks % STILL_EVERY == FIRST_STILL) {
                    stillness.hold(stop);
                }
                due = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            }
        } catch (InterruptedException | RuntimeException e) {
            ends.problem("watching failed: " + e);
        }
    }

    private void look() {
        long leases = balancers.leases();
        // Whatever is counted now belongs to a request that had not ended some seconds ago.
        if (endedBefore.size() == GRACE_SECONDS) {
            within("leases of requests that have ended", leases - (ends.begun() - endedBefore.remove()), 0);
        }
        endedBefore.add(ends.total());
        within("leases", leases, mostRequests);
        within("reservations", balancers.reservations(), mostRequests);
        within("bytes of bodies", balancers.bodyBytes(), BODY_BUDGET);
        within("open requests", balancers.openRequests(), mostRequests);
        Footprint footprint = Footprint.now();
        within("descriptors", footprint.descriptors(), mostDescriptors);
        within("bytes of direct memory", footprint.direct(), MOST_DIRECT_MEMORY);
        within("threads", footprint.threads(), mostThreads);
    }

    private void within(String name, long value, long most) {
        if (value > most || (value < 0 && most > 0)) {
            ends.problem(name + " are " + value + " after " + looks + " s (expected: 0 to " + most + ")");
        }
        if (most > 0) {
            extremes.merge("most " + name, value, Math::max);
        }
    }
}
