package dev.penstock.cache.scrape;

/** How a gauge comes out of the cells of a page, and of those of a page of some time ago. Immutable; any thread. */
sealed interface Derivation {

    /**
     * The gauge, or NaN.
     *
     * @param now cells of the last page; NaN where nothing was told
     * @param then cells at the begin of the window
     * @param seconds from then to now
     * @param bounds upper bounds of buckets, in the cells of the buckets
     */
    double derive(double[] now, double[] then, double seconds, double[] bounds);

    /** Whether the last page alone says it. */
    default boolean instant() {
        return false;
    }

    /** For a person: what becomes of the families. */
    String words();

    /** As it is. */
    record Value(int cell, String words) implements Derivation {

        @Override
        public boolean instant() {
            return true;
        }

        @Override
        public double derive(double[] now, double[] then, double seconds, double[] bounds) {
            return now[cell];
        }
    }

    /** Of several series, on average. */
    record Average(int sum, int count, String words) implements Derivation {

        @Override
        public boolean instant() {
            return true;
        }

        @Override
        public double derive(double[] now, double[] then, double seconds, double[] bounds) {
            return now[sum] / now[count];
        }
    }

    /** Growth by second. */
    record Rate(int cell, String words) implements Derivation {

        @Override
        public double derive(double[] now, double[] then, double seconds, double[] bounds) {
            return growth(now, then, cell) / seconds;
        }
    }

    /** Growth of one by growth of another. NaN where the other has not grown. */
    record Ratio(int of, int by, String words) implements Derivation {

        @Override
        public double derive(double[] now, double[] then, double seconds, double[] bounds) {
            double divisor = growth(now, then, by);
            return divisor > 0 ? growth(now, then, of) / divisor : Double.NaN;
        }
    }

    /** By which value a share of what was seen lies, taking values in a bucket for evenly spread. */
    record Percentile(int first, double share, String words) implements Derivation {

        @Override
        public double derive(double[] now, double[] then, double seconds, double[] bounds) {
            int last = first;
            while (last < first + Family.MOST_BUCKETS - 1 && bounds[last] < Double.POSITIVE_INFINITY) {
                last++;
            }
            if (bounds[last] != Double.POSITIVE_INFINITY || bounds[first] == Double.NEGATIVE_INFINITY) {
                return Double.NaN;
            }
            double all = growth(now, then, last);
            if (!(all > 0)) {
                return Double.NaN;
            }
            double rank = share * all;
            int bucket = first;
            while (bucket < last && growth(now, then, bucket) < rank) {
                bucket++;
            }
            if (bucket == last) {
                // Nobody knows how far above: the highest bound that there is.
                return last == first ? Double.NaN : bounds[last - 1];
            }
            double lower = bucket == first ? Math.min(0, bounds[first]) : bounds[bucket - 1];
            double below = bucket == first ? 0 : growth(now, then, bucket - 1);
            double within = growth(now, then, bucket) - below;
            return within > 0 ? lower + (bounds[bucket] - lower) * (rank - below) / within : bounds[bucket];
        }
    }

    private static double growth(double[] now, double[] then, int cell) {
        // A series that was not there yet began at zero: engines show labeled counters once they have counted.
        return now[cell] - (Double.isNaN(then[cell]) ? 0 : then[cell]);
    }
}
