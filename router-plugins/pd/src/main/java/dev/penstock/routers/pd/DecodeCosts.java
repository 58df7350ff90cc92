package dev.penstock.routers.pd;

import dev.penstock.routers.pd.Notes.Note;
import dev.penstock.spi.RoutingContext;

/** What an answer costs at each decode pod that is left, by policy. Confined to one thread. */
final class DecodeCosts {

    private static final double ASSUMED_STEP_MILLIS = 20;
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double NEARLY_FULL_FREE = 10;
    private static final double NEARLY_FULL_FACTOR = 1.5;

    private final double weightRunning;
    private final double weightThroughput;

    DecodeCosts(double weightRunning, double weightThroughput) {
        this.weightRunning = weightRunning;
        this.weightThroughput = weightThroughput;
    }

    /**
     * Sets the costs of all that are left.
     *
     * @return the highest one; 0 where all cost nothing
     */
    double set(Legs decodes, DecodePolicy policy, Reports reports, Survey survey) {
        double perRequest = weightRunning / Math.max(1.0, decodes.most());
        double perToken = weightThroughput / survey.mostTokens();
        double mostFree = survey.mostFree();
        double assumed = Double.isNaN(survey.meanTokens()) ? 0 : survey.meanTokens();
        double highest = 0;
        for (int i = decodes.first(); i < decodes.end(); i++) {
            int slot = decodes.slot(i);
            int running = decodes.requests(i);
            double told = reports.throughput(slot);
            double cost = switch (policy) {
                case LOAD_BALANCING -> (perRequest * running + weightThroughput
                        - perToken * (Double.isNaN(told) ? assumed : told)) * mostFree * reports.scarcity(slot);
                case LEAST_REQUEST -> running;
                case CONDUCTOR -> conductor(running, told, reports.free(slot));
            };
            decodes.cost(i, cost);
            if (cost > highest) {
                highest = cost;
            }
        }
        return highest;
    }

    /** Tells what was missing for the one that was chosen. */
    void tell(RoutingContext context, DecodePolicy policy, Reports reports, Survey survey, int slot, Notes notes) {
        if (policy == DecodePolicy.LEAST_REQUEST) {
            return;
        }
        if (Double.isNaN(reports.throughput(slot))) {
            boolean othersTell = policy == DecodePolicy.LOAD_BALANCING && !Double.isNaN(survey.meanTokens());
            notes.tell(context, othersTell ? Note.MEAN_THROUGHPUT : Note.NO_THROUGHPUT);
        }
        if (!reports.kvKnown(slot)) {
            notes.tell(context, Note.NO_KV_USAGE);
        }
    }

    /**
     * Milliseconds of a token.
     *
     * @param running requests
     * @param throughput tokens a second; NaN where that is not known
     * @param free percent of the KV cache
     */
    static double conductor(int running, double throughput, double free) {
        double step = throughput > 0 ? MILLIS_PER_SECOND / throughput : ASSUMED_STEP_MILLIS;
        return step * (1 + 1.0 / Math.max(running, 1)) * (free < NEARLY_FULL_FREE ? NEARLY_FULL_FACTOR : 1);
    }
}
