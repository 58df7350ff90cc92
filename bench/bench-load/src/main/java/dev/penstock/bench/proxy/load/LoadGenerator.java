package dev.penstock.bench.proxy.load;

/** Makes load in a process of its own. Used by one thread. */
public interface LoadGenerator {
    /** What reports call it. */
    String name();

    /**
     * Carries out {@code order} and returns when its last request has been answered.
     *
     * @throws dev.penstock.bench.proxy.process.BenchException if the generator itself fails
     */
    LoadResult run(LoadOrder order);
}
