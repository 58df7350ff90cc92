package dev.penstock.bench.soak;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Lets clients hold still for a moment, so that no request is open, and looks whether the load balancers agree: then
 * leases, reservations and bytes of bodies are zero, and the heap holds no more than at earlier times. One thread.
 */
final class Stillness {
    private static final Duration FOR_REQUESTS = Duration.ofSeconds(45);
    private static final Duration FOR_THE_WIRE = Duration.ofSeconds(2);

    private final Tickets tickets;
    private final Balancers balancers;
    private final Ends ends;
    private final Trend heap = new Trend(1.25, 32L << 20);
    private int times;
    private boolean told;

    Stillness(Tickets tickets, Balancers balancers, Ends ends) {
        this.tickets = tickets;
        this.balancers = balancers;
        this.ends = ends;
    }

    /** How often it was still. */
    int times() {
        return times;
    }

    /**
     * Holds still and looks.
     *
     * @param stop ends it early when it is counted down
     */
    void hold(CountDownLatch stop) throws InterruptedException {
        tickets.pause();
        try {
            if (!Patience.until(FOR_REQUESTS, () -> ends.open() == 0 || stop.getCount() == 0)) {
                ends.problem(ends.open() + " requests have not ended after " + FOR_REQUESTS.toSeconds() + " s");
                return;
            }
            if (stop.getCount() == 0) {
                return;
            }
            if (!Patience.until(FOR_THE_WIRE, () -> balancers.leases() == 0 && balancers.reservations() == 0
                    && balancers.bodyBytes() == 0)) {
                ends.problem("while no request was open: " + balancers.leases() + " leases, "
                        + balancers.reservations() + " reservations, " + balancers.bodyBytes() + " bytes of bodies");
            }
            heap.add(Footprint.heapAfterCollection());
            times++;
            if (heap.grows() && !told) {
                told = true;
                ends.problem("the heap grows, bytes behind each collection: " + heap);
            }
        } finally {
            tickets.resume();
        }
    }
}
