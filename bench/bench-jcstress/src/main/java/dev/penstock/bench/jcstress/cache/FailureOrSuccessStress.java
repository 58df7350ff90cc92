package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.figures.HealthColumns;
import dev.penstock.core.port.Health;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A failure that would eject, and a success, at once: one of them came last, and the row is broken. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "the success came last: nothing is left of both failures")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the failure came last: it begins a new row")
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

    /** In the end. */
    @Arbiter
    public void end(II_Result result) {
        stressed.agent.doWork();
        result.r1 = stressed.health.out();
        result.r2 = HealthColumns.failures(stressed.figures.health().told(stressed.endpoint));
    }
}
