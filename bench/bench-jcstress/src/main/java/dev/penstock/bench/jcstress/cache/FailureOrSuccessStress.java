package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.port.Health;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The last failure and a success at once, while {@code lb-cache} looks: one of them came last, and all agree on it. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the failure was seen before the success")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "the success was there first, or before anybody looked")
@State
public class FailureOrSuccessStress {

    private final StressedHealth stressed = new StressedHealth();

    /** One failure is there already. */
    public FailureOrSuccessStress() {
        stressed.health.failed(stressed.endpoint, Health.Failure.CONNECT);
    }

    /** A loop. */
    @Actor
    public void failure() {
        stressed.health.failed(stressed.endpoint, Health.Failure.CONNECT);
    }

    /** Another loop. */
    @Actor
    public void success() {
        stressed.health.answered(stressed.endpoint, 200, -1);
        stressed.health.completed(stressed.endpoint);
    }

    /** The one that decides. */
    @Actor
    public void cache() {
        stressed.agent.doWork();
    }

    /** In the end. */
    @Arbiter
    public void end(II_Result result) {
        stressed.agent.doWork();
        result.r1 = stressed.health.out();
        result.r2 = stressed.health.open(stressed.endpoint) ? 0 : 1;
    }
}
