package dev.penstock.bench.jcstress.cache;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader that sees an endpoint finds its columns initialized: nothing of the endpoint before, and its own word. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "the fleet is empty still")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "seen, empty, and counted")
@State
public class SlotIsReadyWhenSeen {

    private final StressedCache cache = new StressedCache();

    /** Somebody leaves traces in the slot, and goes. */
    public SlotIsReadyWhenSeen() {
        cache.come("before");
        PodView before = cache.agent.current().endpoint(0);
        cache.figures.reportGauge(before, Gauge.RUNNING, 7, 0);
        cache.go("before");
        cache.agent.acknowledge(0, cache.agent.current().version());
    }

    /** The writer. */
    @Actor
    public void writer() {
        cache.come("next");
    }

    /** A reader. */
    @Actor
    public void reader(II_Result result) {
        PodView seen = cache.agent.current().endpoint(0);
        if (seen != null) {
            boolean empty = cache.figures.inFlight(seen) == 0
                    && Double.isNaN(cache.figures.gauge(seen, Gauge.RUNNING));
            result.r1 = empty ? 1 : -1;
            cache.figures.addInFlight(seen, 1);
            result.r2 = cache.figures.inFlight(seen);
        }
    }
}
