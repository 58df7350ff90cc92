package dev.penstock.routers.slo;

import java.util.random.RandomGenerator;

/** Which endpoint of a group a request is sent to. Holds no state. */
enum Placement {
    /** The least loaded one, however loaded it is. */
    PUSH {
        @Override
        int pick(Group group, double share) {
            return least(group, Double.POSITIVE_INFINITY, share);
        }
    },
    /** The least loaded one, where the request fits. */
    PULL {
        @Override
        int pick(Group group, double share) {
            return fits(group.least(), group.cap(), share) ? least(group, group.cap(), share) : NONE;
        }
    },
    /** The most loaded one where the request fits, so that others stay idle and can be given back. */
    PACK {
        @Override
        int pick(Group group, double share) {
            if (!fits(group.least(), group.cap(), share)) {
                return NONE;
            }
            int best = NONE;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < group.size(); i++) {
                double load = group.load(i);
                if (load > most && fits(load, group.cap(), share)) {
                    most = load;
                    best = i;
                }
            }
            return best;
        }
    };

    /** The request fits nowhere. */
    static final int NONE = -1;

    /** Loads are sums of rounded numbers. */
    static final double ROUNDING = 1e-6;

    /**
     * Index of an endpoint within its group, or {@link #NONE}.
     *
     * @param share what the request takes; finite
     */
    abstract int pick(Group group, double share);

    /**
     * The one with the fewest requests, ties at random: where nothing is measured.
     *
     * @return its index, or {@link #NONE} where the request fits nowhere
     */
    int pickUnmeasured(Group group, RandomGenerator random) {
        int best = NONE;
        int ties = 0;
        double least = this == PUSH ? Double.POSITIVE_INFINITY : group.cap();
        for (int i = 0; i < group.size(); i++) {
            double load = group.load(i);
            if (load < least) {
                least = load;
                best = i;
                ties = 1;
            } else if (best != NONE && load == least && random.nextInt(++ties) == 0) {
                best = i;
            }
        }
        return best;
    }

    // The last one of those that are equal, as AIBrix does: with each choice counted at once, they take turns.
    private static int least(Group group, double cap, double share) {
        int best = NONE;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < group.size(); i++) {
            double load = group.load(i);
            if (load <= least && fits(load, cap, share)) {
                least = load;
                best = i;
            }
        }
        return best;
    }

    /** Whether an endpoint has room. What takes more than a whole one would wait for ever: it gets an idle one. */
    static boolean fits(double load, double cap, double share) {
        return load + share <= cap + ROUNDING || (share > cap && load <= ROUNDING);
    }
}
