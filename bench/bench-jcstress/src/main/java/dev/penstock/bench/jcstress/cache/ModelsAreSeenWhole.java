package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.model.Fleet;
import java.util.List;
import java.util.Set;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A pod serves other models from one publication to the next, of which one stays: a reader finds the models of one of
 * the two lists, all of them, and never misses the one that stays, though the index grows on the way.
 */
@JCStressTest
@Outcome(id = "1, 0, 2", expect = Expect.ACCEPTABLE, desc = "the list before")
@Outcome(id = "0, 3, 4", expect = Expect.ACCEPTABLE, desc = "the list behind")
@State
public class ModelsAreSeenWhole {

    private final StressedCache cache = new StressedCache();

    /** The list before. */
    public ModelsAreSeenWhole() {
        cache.tell("uid", Set.of("stays", "before"), List.of());
    }

    /** The writer. */
    @Actor
    public void writer() {
        cache.tell("uid", Set.of("stays", "after-1", "after-2", "after-3"), List.of());
    }

    /** A reader. */
    @Actor
    public void reader(III_Result result) {
        Fleet fleet = cache.agent.current();
        if (fleet.model("stays") == null) {
            result.r1 = -1;
            return;
        }
        result.r1 = there(fleet, "before");
        result.r2 = there(fleet, "after-1") + there(fleet, "after-2") + there(fleet, "after-3");
        result.r3 = fleet.models().size();
    }

    /** 1 where a model is there, and its endpoint is the one of the fleet. */
    private static int there(Fleet fleet, String name) {
        var model = fleet.model(name);
        if (model == null) {
            return 0;
        }
        return model.endpoints().size() == 1 && model.endpoints().get(0) == fleet.endpoint(0) ? 1 : -10;
    }
}
