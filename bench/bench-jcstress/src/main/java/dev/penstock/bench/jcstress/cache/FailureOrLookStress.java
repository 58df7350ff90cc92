package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.port.Health;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The failure that ejects, while {@code lb-cache} looks because of another endpoint: no look is lost. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "ejected, once")
@State
public class FailureOrLookStress {

    private final StressedHealth stressed = new StressedHealth();

    /** One failure is there already, and a look is wanted. */
    public FailureOrLookStress() {
        stressed.health.failed(stressed.endpoint, Health.Failure.CONNECT);
        stressed.health.answered(stressed.other, 503, -1);
    }

    /** A loop. */
    @Actor
    public void failure() {
        stressed.health.failed(stressed.endpoint, Health.Failure.CONNECT);
    }

    /** The one that decides. */
    @Actor
    public void cache() {
        stressed.agent.doWork();
    }

    /** It looks again only if that is wanted. */
    @Arbiter
    public void end(II_Result result) {
        stressed.agent.doWork();
        result.r1 = stressed.health.out();
        result.r2 = stressed.health.standing(stressed.endpoint).ejections();
    }
}
