package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Set;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A model that slept is woken, and gets the slot that another endpoint has left: a reader who is given its endpoint
 * finds the columns initialized, and one who comes earlier finds the model, without an endpoint.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "it sleeps still")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "seen, empty, and counted")
@State
public class ClaimIsReadyWhenSeen {

    private final StressedCache cache = new StressedCache();

    /** Somebody leaves traces in the slot, and goes; then a pod has a model that sleeps. */
    public ClaimIsReadyWhenSeen() {
        cache.come("before");
        PodView before = cache.agent.current().endpoint(0);
        cache.figures.reportGauge(before, Gauge.RUNNING, 7, 0);
        cache.go("before");
        cache.agent.acknowledge(0, cache.agent.current().version());
        cache.tell("pool", Set.of(), List.of(new ModelClaim("c", "m", 0, ModelClaim.State.SLEEPING)));
    }

    /** The writer. */
    @Actor
    public void writer() {
        cache.tell("pool", Set.of(), List.of(new ModelClaim("c", "m", 2, ModelClaim.State.ACTIVE)));
    }

    /** A reader. */
    @Actor
    public void reader(II_Result result) {
        Model model = cache.agent.current().model("m");
        if (model == null) {
            result.r1 = -2;
        } else if (model.endpoints().size() > 0) {
            PodView seen = model.endpoints().get(0);
            boolean empty = cache.figures.inFlight(seen) == 0
                    && Double.isNaN(cache.figures.gauge(seen, Gauge.RUNNING));
            result.r1 = empty ? 1 : -1;
            cache.figures.addInFlight(seen, 1);
            result.r2 = cache.figures.inFlight(seen);
        }
    }
}
