package dev.penstock.bench.jmh;

import dev.penstock.cache.limits.LimitSettings;
import dev.penstock.cache.limits.Limits;
import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Users.User;
import dev.penstock.spi.Api;
import dev.penstock.spi.Usage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Admission of one request where limits are counted in the process: taken, and settled from its usage. The yardstick is
 * a request that nothing limits.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class AdmissionBenchmark {
    private static final String USER = "ann";
    private static final long MANY = 1_000_000_000_000L;
    private static final Usage USAGE = new Usage(512, 128);
    private static final ModelRate RATE = new ModelRate(Integer.MAX_VALUE, 1, 1_000);

    private BenchFleet fleet;
    private Admission limits;

    /** Makes the limits. */
    @Setup
    public void start() {
        fleet = BenchFleet.of(1);
        limits = Limits.of(LimitSettings.defaults(), null,
                name -> CompletableFuture.completedFuture(new User(name, MANY, MANY)), fleet.cache(),
                NanoClock.SYSTEM, Metrics.NONE);
    }

    /** Ends the fleet's threads. */
    @TearDown
    public void stop() {
        fleet.close();
    }

    /** Nothing is limited: it need not be asked. */
    @Benchmark
    public boolean unlimited() {
        return limits.wants(null, null, null);
    }

    /** A user with limits of requests and tokens. */
    @Benchmark
    @Yardstick("AdmissionBenchmark.unlimited")
    public Admission.Decision user() {
        return admitted(USER, null);
    }

    /** A user, and a model with limits of requests and concurrency. */
    @Benchmark
    @Yardstick("AdmissionBenchmark.unlimited")
    public Admission.Decision userAndModel() {
        return admitted(USER, RATE);
    }

    private Admission.Decision admitted(String user, @Nullable ModelRate rate) {
        Answer answer = new Answer();
        limits.admit(new Admission.Request("request", Api.CHAT_COMPLETIONS, BenchFleet.MODEL, rate, user, null, null,
                640, 0), answer);
        Admission.Decision decision = answer.decision;
        if (!(decision instanceof Admission.Admitted admitted)) {
            throw new IllegalStateException("not admitted");
        }
        admitted.grant().settle(USAGE);
        return admitted;
    }

    private static final class Answer implements Consumer<Admission.Decision> {
        private Admission.@Nullable Decision decision;

        @Override
        public void accept(Admission.Decision told) {
            decision = told;
        }
    }
}
