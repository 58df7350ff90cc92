package dev.penstock.routers.pd;

import org.jspecify.annotations.Nullable;

/**
 * What the decode pods that are left report, at a glance. What does not change from request to request is looked at
 * once, until pods report anew or are others. Confined to one thread.
 */
final class Survey {

    private static final double LEAST_RATE = .1;

    private double fewestTokens;
    private double mostTokens;
    private double meanTokens;
    private double mostFree;
    private boolean allTellDrainRate;
    private double soonest;
    private double latest;

    // Of which pods, and of which of their reports, this is.
    private @Nullable Reports known;
    private int reportsEdition;
    private int legsEdition;

    /** Looks at those that are left and measured. */
    void take(Legs decodes, Reports reports) {
        if (known != reports || reportsEdition != reports.edition() || legsEdition != decodes.edition()
                || !decodes.complete()) {
            read(decodes, reports);
            known = decodes.complete() ? reports : null;
            reportsEdition = reports.edition();
            legsEdition = decodes.edition();
        }
        if (allTellDrainRate) {
            drain(decodes, reports);
        }
    }

    private void read(Legs decodes, Reports reports) {
        double fewest = Double.POSITIVE_INFINITY;
        double most = 0;
        double sum = 0;
        int telling = 0;
        double free = 0;
        boolean rates = true;
        for (int i = decodes.first(); i < decodes.end(); i++) {
            int slot = decodes.slot(i);
            free = Math.max(free, reports.free(slot));
            rates &= reports.drainRate(slot) > 0;
            double tokens = reports.throughput(slot);
            if (tokens >= 0) {
                fewest = Math.min(fewest, tokens);
                most = Math.max(most, tokens);
                sum += tokens;
                telling++;
            }
        }
        fewestTokens = fewest;
        mostTokens = most;
        meanTokens = telling == 0 ? Double.NaN : sum / telling;
        mostFree = free;
        allTellDrainRate = rates;
    }

    private void drain(Legs decodes, Reports reports) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = decodes.first(); i < decodes.end(); i++) {
            double seconds = seconds(decodes.requests(i), reports.drainRate(decodes.slot(i)));
            least = Math.min(least, seconds);
            most = Math.max(most, seconds);
        }
        soonest = least;
        latest = most;
    }

    /** Until all requests of a pod are completed. */
    static double seconds(int requests, double rate) {
        return requests / Math.max(rate, LEAST_RATE);
    }

    /** By how many tokens a second pods differ; nothing where fewer than two tell. */
    double throughputSpread() {
        return mostTokens - fewestTokens;
    }

    /** Tokens a second of the fastest, 1 at least. */
    double mostTokens() {
        return Math.max(1, mostTokens);
    }

    /** Tokens a second of those that tell; NaN where nobody does. */
    double meanTokens() {
        return meanTokens;
    }

    /** Percent of the KV cache that are free where most are, 1 at least. */
    double mostFree() {
        return Math.max(1, mostFree);
    }

    /** How many times as long as the soonest the latest takes; 1 where a pod does not tell, NaN where all are idle. */
    double drainRatio() {
        return allTellDrainRate ? latest / soonest : 1;
    }
}
