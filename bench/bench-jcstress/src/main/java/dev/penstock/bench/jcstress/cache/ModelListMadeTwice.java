package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import java.util.List;
import java.util.Set;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The list of a fleet's models is made by whoever asks first, without a lock: two who ask at once both have all. */
@JCStressTest
@Outcome(id = "3, 3", expect = Expect.ACCEPTABLE, desc = "all models, in order")
@State
public class ModelListMadeTwice {

    private final Fleet fleet;

    /** A fleet of three models, whose list nobody has asked for. */
    public ModelListMadeTwice() {
        StressedCache cache = new StressedCache();
        cache.tell("uid", Set.of("a", "b", "c"), List.of());
        fleet = cache.agent.current();
    }

    /** Somebody. */
    @Actor
    public void one(II_Result result) {
        result.r1 = inOrder(fleet.models());
    }

    /** Somebody else. */
    @Actor
    public void other(II_Result result) {
        result.r2 = inOrder(fleet.models());
    }

    private static int inOrder(List<Model> models) {
        int count = 0;
        for (Model model : models) {
            count += model.name().charAt(0) == 'a' + count ? 1 : -10;
        }
        return count;
    }
}
