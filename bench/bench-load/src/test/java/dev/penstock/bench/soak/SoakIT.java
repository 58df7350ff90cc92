package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.routers.basic.LeastRequestProvider;
import dev.penstock.routers.basic.PowerOfTwoProvider;
import dev.penstock.routers.basic.RandomProvider;
import dev.penstock.routers.basic.RoundRobinProvider;
import dev.penstock.routers.basic.SessionAffinityProvider;
import dev.penstock.routers.kvcache.PredictedTtftProvider;
import dev.penstock.routers.kvcache.PrefixMatchProvider;
import dev.penstock.server.Penstock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Load under faults. {@code -Dsoak.seed=N} repeats one, {@code -Dsoak.requests=N} makes it longer or shorter. */
@Isolated("counts the threads of all load balancers")
final class SoakIT {
    private static final long SEED = Long.getLong("soak.seed", Long.getLong("penstock.test.seed", 1));
    private static final long REQUESTS = Long.getLong("soak.requests", 20_000);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @Test
    @Timeout(300)
    void shouldEndEveryRequestAsItShouldAndLeaveNothing() throws Exception {
        SoakPlan plan = SoakPlan.of(SEED, REQUESTS, Duration.ofMinutes(4));

        SoakReport report = new Soak(plan, SoakIT::routers, directory).run();

        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text, true));
        System.out.println(text);
        assertThat(report.problems()).as("%s", text).isEmpty();
        assertThat(report.requests()).isEqualTo(REQUESTS);
        assertThat(report.around()).extractingByKey("faults injected").satisfies(
                count -> assertThat(count).isGreaterThan(REQUESTS / 20));
        assertThat(report.ends()).containsKey("whole");
        assertThat(report.around()).extractingByKey("blocks in them").satisfies(
                blocks -> assertThat(blocks).isPositive());
    }

    private static void routers(Penstock.Builder builder) {
        builder.provider(new RandomProvider()).provider(new RoundRobinProvider()).provider(new LeastRequestProvider())
                .provider(new PowerOfTwoProvider()).provider(new SessionAffinityProvider())
                .provider(new PrefixMatchProvider()).provider(new PredictedTtftProvider());
    }
}
