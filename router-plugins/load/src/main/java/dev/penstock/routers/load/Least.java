package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodLoad;
import java.util.random.RandomGenerator;

/** The least of some costs, equals at random with the same chance for each. Confined to one thread. */
final class Least {

    private final RandomGenerator random;
    private int index;
    private double least;
    private int equals;

    Least(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The candidate of the least cost.
     *
     * @param costs one for each candidate; NaN for those that do not take part
     * @return its index; -1 where none takes part
     */
    int of(double[] costs, int size) {
        begin();
        for (int i = 0; i < size; i++) {
            offer(i, costs[i]);
        }
        return index;
    }

    /** Index of the candidate with the fewest requests in flight. */
    int inFlight(Candidates candidates, PodLoad load) {
        begin();
        for (int i = 0; i < candidates.size(); i++) {
            offer(i, load.inFlight(candidates.get(i)));
        }
        return index;
    }

    private void begin() {
        index = -1;
        least = Double.POSITIVE_INFINITY;
        equals = 0;
    }

    private void offer(int candidate, double cost) {
        if (cost < least) {
            least = cost;
            index = candidate;
            equals = 1;
        } else if (cost == least && random.nextInt(++equals) == 0) {
            // The n-th of n equals takes over with chance 1/n: each of them ends up equally likely, in one pass.
            index = candidate;
        }
    }
}
