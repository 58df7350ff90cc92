package dev.penstock.spi;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a router instance may use of its host, from {@link RouterProvider#create} to {@link Router#close}. The same
 * router code runs on a simulated clock, and twice alike.
 *
 * <p>Threads: to be called from the router's own methods only, but for {@link #counter}, whose result any thread may
 * use.
 */
public interface RouterEnvironment {

    /** The time in nanoseconds, monotonic, of an arbitrary origin: that of the call that is being made. */
    long nanoTime();

    /** A seeded source of random numbers, for this instance alone; not for secrets. */
    RandomGenerator random();

    /**
     * Asks for {@link Router#woken} at or soon after a time. The earliest time asked for holds; asking again after it
     * has come is the router's affair.
     *
     * @param nanoTime a time on the scale of {@link #nanoTime}; one that is past means as soon as possible
     */
    void wakeAt(long nanoTime);

    /**
     * A counter that is exported as {@code penstock_router_events_total{strategy,event}}. The same name gives the same
     * counter.
     *
     * @param name lower case letters, digits and underscores; at most 32 names for each strategy, further ones are
     * counted as {@code other}
     */
    Counter counter(String name);

    /**
     * The instance of a scorer in this shard, made if there is none yet. Its {@link Scorer#score} may be called
     * within a call of the router that asks. The same one as long as that router lives.
     *
     * @param name name of its strategy
     * @return null where no strategy of this name exists, where it does not score, or where it cannot be made now
     */
    @Nullable Scorer scorer(String name);

    /**
     * Tells how many requests for a model wait in this router: shown as
     * {@code penstock_router_queued{strategy,model}}, and put into the traces by which fleets are sized. To be told
     * again whenever it changes; nothing is remembered of a router that is closed or given up.
     *
     * @param model a model of the fleet
     * @param requests how many; 0 where none does any more
     * @since 1.2
     */
    default void queued(String model, int requests) {}

    /**
     * A number that goes up and down, exported as {@code penstock_router_level{strategy,level}}: the sum of what the
     * instances in all shards have told last. The same name gives the same level of this instance.
     *
     * @param name lower case letters, digits and underscores; at most 32 names for each strategy, further ones are not
     * shown
     * @since 1.2
     */
    default Level level(String name) {
        return value -> { };
    }

    /** The live figures of all endpoints. */
    PodLoad load();

    /**
     * How many tokens a request may well be answered with: drawn from what the model answered to prompts of about this
     * length in the last four minutes, so two calls may differ. For the request that is being asked about, take
     * {@link RoutingContext#predictedOutputTokens}.
     *
     * @param model the model that the client named
     * @param promptTokens length of the prompt
     * @return a power of two; 1 where nothing is known
     * @since 1.1
     */
    default long predictedOutputTokens(String model, long promptTokens) {
        return 1;
    }

    /**
     * What was measured of a model on the pods of a group. It may be another one, or none, at the next call.
     *
     * @param model a model, or an adapter, of which its base model stands for it
     * @param group the group, as {@link PodView#group} has it
     * @return null where there is none
     * @since 1.1
     */
    default @Nullable GpuProfile gpuProfile(String model, String group) {
        return null;
    }

    /**
     * Value of a setting of type TEXT.
     *
     * @throws IllegalArgumentException where the provider has not declared it so
     */
    String text(String setting);

    /**
     * Value of a setting of type INTEGER, or of DURATION in nanoseconds.
     *
     * @throws IllegalArgumentException where the provider has not declared it so
     */
    long integer(String setting);

    /**
     * Value of a setting of type DECIMAL; finite.
     *
     * @throws IllegalArgumentException where the provider has not declared it so
     */
    double decimal(String setting);

    /**
     * Value of a setting of type BOOLEAN.
     *
     * @throws IllegalArgumentException where the provider has not declared it so
     */
    boolean flag(String setting);

    /**
     * A number that goes up and down. By one thread at a time.
     *
     * @since 1.2
     */
    interface Level {
        /** Tells what it is now. */
        void set(long value);
    }

    /** A number that only grows. Any thread may call it. */
    interface Counter {
        /** Adds one. */
        void increment();
    }
}
