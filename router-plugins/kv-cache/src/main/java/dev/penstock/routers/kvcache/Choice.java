package dev.penstock.routers.kvcache;

import java.util.random.RandomGenerator;

/** The least of some costs, equals at random with the same chance for each. Confined to one thread. */
final class Choice {

    private final RandomGenerator random;
    private int index;
    private double least;
    private int equals;

    Choice(RandomGenerator random) {
        this.random = random;
    }

    void begin() {
        index = -1;
        least = Double.POSITIVE_INFINITY;
        equals = 0;
    }

    /** Offers a candidate at a cost, which is not NaN. */
    void offer(int candidate, double cost) {
        if (cost < least || index < 0) {
            least = cost;
            index = candidate;
            equals = 1;
        } else if (cost == least && random.nextInt(++equals) == 0) {
            // The n-th of n equals takes over with chance 1/n: each of them ends up equally likely, in one pass.
            index = candidate;
        }
    }

    /** The one that was taken; -1 where none was offered. */
    int index() {
        return index;
    }

    /** Its cost. */
    double least() {
        return least;
    }
}
