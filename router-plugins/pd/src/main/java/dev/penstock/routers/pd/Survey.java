package dev.penstock.routers.pd;

/** What the decode pods that are left report, at a glance: one pass for gates and policies. Confined to one thread. */
final class Survey {

    private static final double LEAST_RATE = .1;

    private double fewestTokens;
    private double mostTokens;
    private double meanTokens;
    private double mostFree;
    private double soonest;
    private double latest;
    private boolean allDrain;

    /** Looks at those that are left and measured. */
    void take(Legs decodes, Reports reports) {
        double fewest = Double.POSITIVE_INFINITY;
        double most = 0;
        double sum = 0;
        int known = 0;
        double free = 0;
        boolean drain = true;
        soonest = Double.POSITIVE_INFINITY;
        latest = 0;
        for (int i = decodes.first(); i < decodes.end(); i++) {
            int slot = decodes.slot(i);
            free = Math.max(free, reports.free(slot));
            double tokens = reports.throughput(slot);
            if (tokens >= 0) {
                fewest = Math.min(fewest, tokens);
                most = Math.max(most, tokens);
                sum += tokens;
                known++;
            }
            // Where one pod does not tell, the others need not be looked at.
            drain = drain && drain(decodes.requests(i), reports.drainRate(slot));
        }
        fewestTokens = fewest;
        mostTokens = most;
        meanTokens = known == 0 ? Double.NaN : sum / known;
        mostFree = free;
        allDrain = drain;
    }

    private boolean drain(int requests, double rate) {
        double seconds = seconds(requests, rate);
        soonest = Math.min(soonest, seconds);
        latest = Math.max(latest, seconds);
        return rate > 0;
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
        return allDrain ? latest / soonest : 1;
    }
}
