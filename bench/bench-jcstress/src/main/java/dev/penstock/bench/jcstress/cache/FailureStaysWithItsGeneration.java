package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.port.Health;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What is told late of an endpoint that has left never meets the one that has taken its slot. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "nothing is known against the next one")
@State
public class FailureStaysWithItsGeneration {

    private final StressedHealth stressed = new StressedHealth();

    /** The writer. */
    @Actor
    public void writer() {
        stressed.replace();
    }

    /** Requests that know the old endpoint. */
    @Actor
    public void requests() {
        for (int i = 0; i < 3; i++) {
            stressed.health.failed(stressed.endpoint, Health.Failure.CONNECT);
        }
    }

    /** In the end. */
    @Arbiter
    public void end(II_Result result) {
        stressed.agent.doWork();
        result.r1 = stressed.health.out();
        result.r2 = stressed.figures.health().untroubled(stressed.inhabitant()) ? 0 : 1;
    }
}
