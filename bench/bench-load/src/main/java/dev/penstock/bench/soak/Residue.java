package dev.penstock.bench.soak;

import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** What must not be left when all requests have ended, and when the load balancer is closed. */
final class Residue {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(15);
    private static final String THREADS = "lb-";

    private final Ends ends;

    Residue(Ends ends) {
        this.ends = ends;
    }

    /** All requests have ended: every counter is back at zero. */
    void ofRequests(Balancers balancers, SimFleet fleet) throws InterruptedException {
        zero("open requests", balancers::openRequests);
        zero("leases", balancers::leases);
        zero("reservations", balancers::reservations);
        zero("bytes of bodies", balancers::bodyBytes);
        for (SimEngine engine : fleet.engines()) {
            zero("requests in flight at " + engine.name(), engine.counters().inFlight()::value);
        }
    }

    private void zero(String name, LongSupplier counter) throws InterruptedException {
        if (!Patience.until(LONG_ENOUGH, () -> counter.getAsLong() == 0)) {
            ends.problem(counter.getAsLong() + " " + name + " left when every request had ended");
        }
    }

    /** The load balancer is closed: no thread of it runs. */
    void ofThreads() throws InterruptedException {
        if (!Patience.until(LONG_ENOUGH, () -> threads().isEmpty())) {
            ends.problem("threads left after the end: " + threads());
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith(THREADS)).sorted().toList();
    }

    /** All is closed: no more descriptors than there were. */
    void ofDescriptors(Descriptors before) throws InterruptedException {
        if (!Patience.until(LONG_ENOUGH, () -> Descriptors.now().count() <= before.count())) {
            Descriptors now = Descriptors.now();
            ends.problem(now.count() + " descriptors after the end, " + before.count() + " before: new are "
                    + now.since(before));
        }
    }
}
