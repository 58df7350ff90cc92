package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.port.Health;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two loops see a failure at once: both count, and there is one decision. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "ejected, once")
@State
public class TwoFailuresStress {

    private final StressedHealth stressed = new StressedHealth();

    /** A loop. */
    @Actor
    public void one() {
        stressed.health.failed(stressed.endpoint, Health.Failure.CONNECT);
    }

    /** Another loop. */
    @Actor
    public void two() {
        stressed.health.failed(stressed.endpoint, Health.Failure.BROKEN);
    }

    /** The one that decides, if somebody wants it to. */
    @Arbiter
    public void end(II_Result result) {
        stressed.agent.doWork();
        result.r1 = stressed.health.out();
        result.r2 = stressed.health.standing(stressed.endpoint).ejections();
    }
}
