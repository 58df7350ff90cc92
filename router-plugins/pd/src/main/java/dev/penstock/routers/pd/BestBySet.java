package dev.penstock.routers.pd;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The cheapest leg of each roleset, equal ones at random. Used again. Confined to one thread. */
final class BestBySet {

    private final RandomGenerator random;
    private int[] legs = {};
    private double[] costs = {};
    private double most;

    BestBySet(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Finds them.
     *
     * @param of legs with their costs; NaN for those that are not to be chosen
     * @param sets more than the highest number of a roleset
     * @param leastMost what the highest cost of all is at least
     */
    void find(Legs of, int sets, double leastMost) {
        if (legs.length < sets) {
            int length = Math.max(sets, 2 * legs.length);
            legs = new int[length];
            costs = new double[length];
        }
        Arrays.fill(legs, 0, sets, -1);
        double highest = leastMost;
        // Arrays and locals, in one loop: PickBenchmark.decision (pd, 1,000 pods) was 1 us slower by accessors.
        int[] setOf = of.sets();
        double[] costOf = of.costs();
        int end = of.end();
        int leg = of.first();
        while (leg < end) {
            int set = setOf[leg];
            int best = -1;
            int equals = 0;
            double least = Double.POSITIVE_INFINITY;
            for (; leg < end && setOf[leg] == set; leg++) {
                double cost = costOf[leg];
                if (cost > highest) {
                    highest = cost;
                }
                if (cost < least) {
                    least = cost;
                    best = leg;
                    equals = 1;
                } else if (cost == least && random.nextInt(++equals) == 0) {
                    best = leg;
                }
            }
            legs[set] = best;
            costs[set] = least;
        }
        most = highest;
    }

    /** The cheapest leg of a roleset; -1 where there is none. */
    int leg(int set) {
        return legs[set];
    }

    /** Its cost as a share of the highest cost of all. */
    double share(int set) {
        return costs[set] / most;
    }
}
