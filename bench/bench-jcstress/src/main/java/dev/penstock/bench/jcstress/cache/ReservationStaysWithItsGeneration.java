package dev.penstock.bench.jcstress.cache;

import dev.penstock.spi.PodView;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A count for an endpoint that leaves, without regard to acknowledgements as a pinned request makes it, never touches
 * the endpoint that takes its slot. Either the slot is held or the count is void.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "counted in time: the slot was held until the end")
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "counted, and the next one waits for the slot")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "too late: void, and the next one has the slot")
@State
public class ReservationStaysWithItsGeneration {

    private final StressedCache cache = new StressedCache();
    private final PodView leaving;

    /** One endpoint, one slot. */
    public ReservationStaysWithItsGeneration() {
        cache.come("leaving");
        leaving = cache.agent.current().endpoint(0);
    }

    /** The writer: the next one wants the only slot. */
    @Actor
    public void writer() {
        cache.go("leaving");
        cache.agent.acknowledge(0, cache.agent.current().version());
        cache.come("next");
    }

    /** A request that knows the old endpoint. */
    @Actor
    public void request(III_Result result) {
        cache.figures.addInFlight(leaving, 1);
        cache.figures.addPendingLoad(leaving, 7);
        result.r1 = cache.figures.inFlightLocal(leaving);
        cache.figures.completed(leaving);
        cache.figures.addPendingLoad(leaving, -7);
        cache.figures.addInFlight(leaving, -1);
    }

    /** In the end. */
    @Arbiter
    public void end(III_Result result) {
        PodView next = cache.agent.current().endpoint(0);
        result.r2 = cache.figures.inFlightLocal(leaving) + (next == null ? 0 : foreign(next));
        result.r3 = next == null ? 0 : 1;
    }

    /** What the next one should not have. */
    private int foreign(PodView next) {
        return cache.figures.inFlightLocal(next) + (int) cache.figures.loads().pendingLocal(next)
                + (int) cache.figures.loads().completed(next);
    }
}
