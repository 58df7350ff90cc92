package dev.penstock.routers.pd;

import java.util.random.RandomGenerator;

/** What the cheapest leg of each roleset costs, and which one that is. Used again. Confined to one thread. */
final class BestBySet {

    private final Legs legs;
    private final RandomGenerator random;
    private double[] costs = {};
    private double most;

    /** Of the legs of a role. */
    BestBySet(Legs legs, RandomGenerator random) {
        this.legs = legs;
        this.random = random;
    }

    /**
     * Finds the cheapest.
     *
     * @param sets more than the highest number of a roleset
     * @param highest cost of all that may be chosen, or more
     */
    void find(int sets, double highest) {
        if (costs.length < sets) {
            costs = new double[Math.max(sets, 2 * costs.length)];
        }
        most = highest;
        double[] costOf = legs.costs();
        for (int set = 0; set < sets; set++) {
            // Which leg is cheaper cannot be foreseen: a branch on it takes 4 ns a leg, Math.min of doubles 3, of whole
            // numbers less than 1.
            long least = inOrder(Double.POSITIVE_INFINITY);
            int end = legs.end(set);
            for (int leg = legs.first(set); leg < end; leg++) {
                least = Math.min(least, inOrder(costOf[leg]));
            }
            costs[set] = fromOrder(least);
        }
    }

    /** A whole number that is less than another one where the cost is. */
    private static long inOrder(double cost) {
        return turned(Double.doubleToRawLongBits(cost));
    }

    private static double fromOrder(long number) {
        return Double.longBitsToDouble(turned(number));
    }

    // Bits of positive numbers are in order, those of negative ones the other way round.
    private static long turned(long bits) {
        return bits ^ ((bits >> (Long.SIZE - 1)) & Long.MAX_VALUE);
    }

    /** What the cheapest leg of a roleset costs, as a share of the highest cost; infinite where it has none. */
    double share(int set) {
        return costs[set] / most;
    }

    /** The cheapest leg of a roleset that has one, equal ones at random. */
    int leg(int set) {
        return legs.cheapest(set, random);
    }
}
