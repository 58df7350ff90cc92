package dev.penstock.cache.trace;

/** What traces have to know of models. Any thread may ask. */
public interface TracedModels {

    /** Whether a model is part of the fleet. */
    boolean known(String model);

    /** Requests of a model that have begun and not ended. */
    long pending(String model);

    /** Requests of a model that wait in a router. */
    long queueing(String model);
}
