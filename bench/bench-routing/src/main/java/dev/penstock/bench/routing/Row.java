package dev.penstock.bench.routing;

/**
 * One strategy in one cell.
 *
 * @param strategy how it is called
 * @param standard whether it is the default
 * @param cell where
 * @param seeds over how many runs the mean is taken
 * @param outcome the mean
 * @param pooled hit ratio of one pooled cache for this trace
 */
record Row(String strategy, boolean standard, Cell cell, int seeds, Outcome outcome, double pooled) {

    double hitOfPooled() {
        return pooled > 0 ? outcome.hitRatio() / pooled : Double.NaN;
    }
}
