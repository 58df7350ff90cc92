package dev.penstock.routers.pd;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The cheapest leg of each roleset, equal ones at random. Used again. Confined to one thread. */
final class BestBySet {

    private final RandomGenerator random;
    private int[] legs = {};
    private int[] equals = {};
    private double[] costs = {};
    private double most;

    BestBySet(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Begins anew.
     *
     * @param sets more than the highest number of a roleset
     * @param leastMost what the highest cost of all is at least
     */
    void begin(int sets, double leastMost) {
        if (legs.length < sets) {
            int length = Math.max(sets, 2 * legs.length);
            legs = new int[length];
            equals = new int[length];
            costs = new double[length];
        }
        Arrays.fill(legs, 0, sets, -1);
        most = leastMost;
    }

    /** One more leg of a roleset. */
    void offer(int set, int leg, double cost) {
        most = Math.max(most, cost);
        if (legs[set] < 0 || cost < costs[set]) {
            legs[set] = leg;
            costs[set] = cost;
            equals[set] = 1;
        } else if (cost == costs[set] && random.nextInt(++equals[set]) == 0) {
            legs[set] = leg;
        }
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
