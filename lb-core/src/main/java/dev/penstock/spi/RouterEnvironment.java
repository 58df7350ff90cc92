package dev.penstock.spi;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a router instance may use of its host. The same router code runs on a simulated clock, and twice alike.
 *
 * <p>Threads: to be called from the router's own methods only, but for {@link #counter}, whose result any thread may
 * use.
 */
public interface RouterEnvironment {

    /** The time in nanoseconds, monotonic, of an arbitrary origin: that of the call that is being made. */
    long nanoTime();

    /** A seeded source of random numbers, for this instance alone. */
    RandomGenerator random();

    /**
     * Asks for {@link Router#woken} at or soon after a time. The earliest time asked for holds; asking again after it
     * has come is the router's affair.
     *
     * @param nanoTime a time on the scale of {@link #nanoTime}
     */
    void wakeAt(long nanoTime);

    /**
     * A counter that is exported as {@code penstock_router_events_total{strategy,event}}. The same name gives the same
     * counter.
     *
     * @param name lower case letters, digits and underscores; at most 32 names for each strategy
     */
    Counter counter(String name);

    /**
     * The instance of a scorer in this shard, made if there is none yet.
     *
     * @return null where no strategy of this name exists or where it does not score
     */
    @Nullable Scorer scorer(String name);

    /** The live figures of all endpoints. */
    PodLoad load();

    /** Value of a setting of type TEXT that the provider has declared. */
    String text(String setting);

    /** Value of a setting of type INTEGER, or of DURATION in nanoseconds, that the provider has declared. */
    long integer(String setting);

    /** Value of a setting of type DECIMAL that the provider has declared. */
    double decimal(String setting);

    /** Value of a setting of type BOOLEAN that the provider has declared. */
    boolean flag(String setting);

    /** A number that only grows. Any thread may call it. */
    interface Counter {
        /** Adds one. */
        void increment();
    }
}
