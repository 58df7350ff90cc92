package dev.penstock.cache.health;

import dev.penstock.cache.figures.HealthColumns;
import dev.penstock.core.config.HealthSettings;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.PodView;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Takes note of what requests find, and tells what {@link EjectionAgent} has decided. Any thread; never waits.
 *
 * <p>Counting is atomic from anywhere. What has to be decided is left in the columns, and {@code lb-cache} is woken: it
 * alone decides, because only one who knows of all endpoints can leave enough of them.
 */
public final class EndpointHealth implements Health {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int INTERNAL_ERROR = 500;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int VERSION_NOT_SUPPORTED = 505;

    private final HealthColumns columns;
    private final Supplier<HealthSettings> settings;
    private final NanoClock clock;
    private final Runnable wake;
    private final AtomicLong version = new AtomicLong();
    private final LongAdder probes = new LongAdder();
    private volatile int out;
    private volatile boolean wanted;

    /**
     * Nothing is known against anybody.
     *
     * @param columns where it is kept
     * @param settings the rules as they are now
     * @param clock the clock of the cache
     * @param wake wakes {@code lb-cache}
     */
    public EndpointHealth(HealthColumns columns, Supplier<HealthSettings> settings, NanoClock clock, Runnable wake) {
        this.columns = columns;
        this.settings = settings;
        this.clock = clock;
        this.wake = wake;
    }

    // ---- choosing

    @Override
    public boolean quiet() {
        return out == 0;
    }

    @Override
    public long version() {
        return version.get();
    }

    @Override
    public boolean open(PodView endpoint) {
        return switch (columns.state(endpoint)) {
            case READY -> true;
            case EJECTED, COOLING_DOWN -> false;
            case PROBING -> !settings.get().checks().on() && !columns.probed(endpoint);
        };
    }

    @Override
    public int takeProbe(PodView endpoint) {
        if (columns.state(endpoint) != State.PROBING || settings.get().checks().on()) {
            return NO_PROBE;
        }
        int probe = columns.takeProbe(endpoint);
        if (probe != NO_PROBE) {
            probes.increment();
            version.incrementAndGet();
        }
        return probe;
    }

    @Override
    public void returnProbe(PodView endpoint, int probe) {
        if (columns.returnProbe(endpoint, probe)) {
            version.incrementAndGet();
        }
    }

    // ---- what requests find

    @Override
    public void failed(PodView endpoint, Failure how) {
        count(endpoint, Causes.of(how));
    }

    @Override
    public void answered(PodView endpoint, int status, long retryAfterSeconds) {
        if (status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) {
            columns.overload(endpoint, status, retryAfterSeconds);
            want();
        } else if (status < INTERNAL_ERROR) {
            if (!columns.untroubled(endpoint) && columns.answer(endpoint)) {
                want();
            }
        } else if (status != NOT_IMPLEMENTED && status != VERSION_NOT_SUPPORTED) {
            count(endpoint, status);
        }
    }

    @Override
    public void completed(PodView endpoint) {
        if (!columns.untroubled(endpoint)) {
            columns.complete(endpoint);
        }
    }

    @Override
    public void checked(PodView endpoint, boolean well) {
        if (!well) {
            columns.fail(endpoint, Causes.of(Failure.CHECK), HealthColumns.MOST_FAILURES);
            want();
        } else if (!columns.untroubled(endpoint) && columns.answer(endpoint)) {
            want();
        }
    }

    private void count(PodView endpoint, int cause) {
        int failures = columns.fail(endpoint, cause, 1);
        HealthSettings rules = settings.get();
        if (rules.ejects() && failures >= rules.consecutiveFailures()) {
            want();
        }
    }

    private void want() {
        // What is to be seen was written before; whoever takes the wish reads it after.
        if (!wanted) {
            wanted = true;
            wake.run();
        }
    }

    // ---- for the operator

    @Override
    public Standing standing(PodView endpoint) {
        State state = columns.state(endpoint);
        long since = columns.since(endpoint);
        if (state == State.READY && since == 0) {
            return Standing.WELL;
        }
        long now = clock.nanoTime();
        return new Standing(state, Causes.reason(columns.cause(endpoint), columns.failures(endpoint)), now - since,
                Math.max(0, columns.until(endpoint) - now), columns.ejections(endpoint));
    }

    /** How many endpoints are not ready. */
    public int out() {
        return out;
    }

    /** How many probes have begun. */
    public long probes() {
        return probes.sum();
    }

    // ---- lb-cache

    /** Whether there is something to decide. */
    boolean wanted() {
        return wanted;
    }

    /** Takes note of {@link #wanted}; before the columns are read. */
    void take() {
        wanted = false;
    }

    /** Something was decided; after the columns have been written. */
    void changed(int nowOut) {
        out = nowOut;
        version.incrementAndGet();
    }
}
