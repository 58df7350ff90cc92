package dev.penstock.bench.routing;

import java.util.Arrays;
import java.util.List;

/**
 * What came out of one simulation, or the mean over several.
 *
 * @param hitRatio share of the prompts' blocks that were cached where they ran
 * @param ttftMean time to first token in seconds, mean
 * @param ttftP50 the same, median
 * @param ttftP99 the same, 99th percentile
 * @param e2eP99 time to the last token in seconds, 99th percentile
 * @param loadMaxOverMean prefilled tokens of the pod that got most, over the mean
 * @param goodput share of requests whose first token came within {@link #GOOD_SECONDS}
 * @param refused share of requests that got an error instead of a pod; the other figures, but for the goodput, are
 *     without them
 */
record Outcome(double hitRatio, double ttftMean, double ttftP50, double ttftP99, double e2eP99, double loadMaxOverMean,
        double goodput, double refused) {

    /** A first token within this is good. */
    static final double GOOD_SECONDS = 5;

    static Outcome of(List<Job> all, long[] prefilledTokens) {
        List<Job> jobs = all.stream().filter(job -> !job.refused).toList();
        double[] ttft = jobs.stream().mapToDouble(job -> (job.firstTokenNanos - job.arrivalNanos) / 1e9).toArray();
        double[] e2e = jobs.stream().mapToDouble(job -> (job.endNanos - job.arrivalNanos) / 1e9).toArray();
        Arrays.sort(ttft);
        Arrays.sort(e2e);
        double blocks = jobs.stream().mapToLong(job -> job.request.blocks().length).sum();
        double hits = jobs.stream().mapToLong(job -> job.hitBlocks).sum();
        double most = Arrays.stream(prefilledTokens).max().orElse(0);
        double mean = Arrays.stream(prefilledTokens).average().orElse(1);
        return new Outcome(hits / blocks, Arrays.stream(ttft).average().orElse(0), at(ttft, 0.5), at(ttft, 0.99),
                at(e2e, 0.99), most / mean,
                (double) Arrays.stream(ttft).filter(seconds -> seconds < GOOD_SECONDS).count() / all.size(),
                1 - (double) jobs.size() / all.size());
    }

    static Outcome mean(List<Outcome> of) {
        return new Outcome(of.stream().mapToDouble(Outcome::hitRatio).average().orElseThrow(),
                of.stream().mapToDouble(Outcome::ttftMean).average().orElseThrow(),
                of.stream().mapToDouble(Outcome::ttftP50).average().orElseThrow(),
                of.stream().mapToDouble(Outcome::ttftP99).average().orElseThrow(),
                of.stream().mapToDouble(Outcome::e2eP99).average().orElseThrow(),
                of.stream().mapToDouble(Outcome::loadMaxOverMean).average().orElseThrow(),
                of.stream().mapToDouble(Outcome::goodput).average().orElseThrow(),
                of.stream().mapToDouble(Outcome::refused).average().orElseThrow());
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
    }
}
