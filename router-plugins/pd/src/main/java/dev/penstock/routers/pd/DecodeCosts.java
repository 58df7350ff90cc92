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
    private double meanThroughput;
    private double mostThroughput;
    private double mostFree;

    DecodeCosts(double weightRunning, double weightThroughput) {
        this.weightRunning = weightRunning;
        this.weightThroughput = weightThroughput;
    }

    /** Sets the costs of all that are left. */
    void set(Legs decodes, DecodePolicy policy, Reports reports) {
        if (policy == DecodePolicy.LOAD_BALANCING) {
            compare(decodes, reports);
        }
        double mostRunning = Math.max(1, decodes.most());
        for (int i = 0; i < decodes.size(); i++) {
            if (decodes.left(i)) {
                int slot = decodes.pod(i).slot();
                int running = decodes.requests(i);
                decodes.cost(i, switch (policy) {
                    case LOAD_BALANCING -> (weightRunning * running / mostRunning
                            + weightThroughput * (1 - throughput(reports.throughput(slot)) / mostThroughput))
                            / (reports.free(slot) / mostFree);
                    case LEAST_REQUEST -> running;
                    case CONDUCTOR -> conductor(running, reports.throughput(slot), reports.free(slot));
                });
            }
        }
    }

    /** Tells what was missing for the one that was chosen. */
    void tell(RoutingContext context, DecodePolicy policy, Reports reports, int slot, Notes notes) {
        if (policy == DecodePolicy.LEAST_REQUEST) {
            return;
        }
        if (Double.isNaN(reports.throughput(slot))) {
            boolean othersTell = policy == DecodePolicy.LOAD_BALANCING && !Double.isNaN(meanThroughput);
            notes.tell(context, othersTell ? Note.MEAN_THROUGHPUT : Note.NO_THROUGHPUT);
        }
        if (!reports.kvKnown(slot)) {
            notes.tell(context, Note.NO_KV_USAGE);
        }
    }

    private void compare(Legs decodes, Reports reports) {
        mostThroughput = 1;
        mostFree = 1;
        double sum = 0;
        int known = 0;
        for (int i = 0; i < decodes.size(); i++) {
            if (decodes.left(i)) {
                int slot = decodes.pod(i).slot();
                double tokens = reports.throughput(slot);
                mostFree = Math.max(mostFree, reports.free(slot));
                if (!Double.isNaN(tokens)) {
                    mostThroughput = Math.max(mostThroughput, tokens);
                    sum += tokens;
                    known++;
                }
            }
        }
        meanThroughput = known == 0 ? Double.NaN : sum / known;
    }

    private double throughput(double told) {
        return Double.isNaN(told) ? Double.isNaN(meanThroughput) ? 0 : meanThroughput : told;
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
