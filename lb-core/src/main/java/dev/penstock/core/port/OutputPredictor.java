package dev.penstock.core.port;

import java.util.random.RandomGenerator;

/** Tells how long the answer to a prompt may well be, by what the model answered lately. Any thread; no lock. */
@FunctionalInterface
public interface OutputPredictor {

    /** Knows nothing of any model. */
    OutputPredictor NONE = (model, promptTokens, random) -> 1;

    /**
     * Draws a length.
     *
     * @param model the model that clients name
     * @param promptTokens length of the prompt
     * @param random decides between what is possible; its caller's own
     * @return tokens, a power of two; 1 where nothing is known
     */
    long predict(String model, long promptTokens, RandomGenerator random);
}
