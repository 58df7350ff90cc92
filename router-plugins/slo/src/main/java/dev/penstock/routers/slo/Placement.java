package dev.penstock.routers.slo;

import java.util.random.RandomGenerator;

/** Which endpoint of a group a request is sent to. Holds no state. */
enum Placement {
    /** The least loaded one, however loaded it is. */
    PUSH {
        @Override
        int pick(Group group, double share) {
            return group.loads().lastOfLeast();
        }
    },
    /** The least loaded one, where the request fits. */
    PULL {
        @Override
        int pick(Group group, double share) {
            Loads loads = group.loads();
            return fits(loads.least(), group.cap(), share) ? loads.lastOfLeast() : NONE;
        }
    },
    /** The most loaded one where the request fits, so that others stay idle and can be given back. */
    PACK {
        @Override
        int pick(Group group, double share) {
            Loads loads = group.loads();
            if (!fits(loads.least(), group.cap(), share)) {
                return NONE;
            }
            int best = NONE;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < loads.size(); i++) {
                double load = loads.at(i);
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
        Loads loads = group.loads();
        return this == PUSH || loads.least() < group.cap() ? loads.anyOfLeast(random) : NONE;
    }

    /** Whether an endpoint has room. What takes more than a whole one would wait for ever: it gets an idle one. */
    static boolean fits(double load, double cap, double share) {
        return load + share <= cap + ROUNDING || (share > cap && load <= ROUNDING);
    }
}
