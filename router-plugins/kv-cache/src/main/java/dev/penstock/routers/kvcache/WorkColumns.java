package dev.penstock.routers.kvcache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to pods, in numbers: one row for each pod, and one for all those that were never sent anything. A
 * decision asks the same of every pod, so the answers stand side by side. A row is written by its {@link PodWork}.
 * Confined to the thread that holds the shard.
 */
final class WorkColumns {

    /** The row of the pods to which nothing was ever sent: it stays empty. */
    static final int NOTHING = 0;

    /** No prompt is pending. */
    static final byte NONE = 0;
    /** The oldest pending prompt is answered as a stream: its first byte tells when it is prefilled. */
    static final byte STREAM = 1;
    /** Its first byte comes with the whole answer. */
    static final byte WHOLE = 2;
    /** A replica has sent it: only time tells when it is prefilled. */
    static final byte ELSEWHERE = 3;

    private static final double SECONDS_PER_NANO = 1e-9;
    // Seconds of samples of a pod's own that weigh as much as what is known of all pods.
    private static final double OWN_RATE_WEIGHT_SECONDS = 20;
    private static final double ASSUMED_RATE_WEIGHT_SECONDS = 2;
    // A pod that is not faster or slower by so much is like the others: what was learned of it alone is noise, and
    // would outweigh what else tells pods apart when nothing waits.
    private static final double OTHER_SPEED = 1.25;

    /** Uncached tokens of the prompts that are not prefilled yet, as they were when they were sent. */
    long[] pendingTokens = {};
    /** Prompts that this process has sent and that are not prefilled yet. */
    int[] ownPending = {};
    /** Tokens of all prompts in flight, prefilled or not, cached or not. */
    long[] activeTokens = {};
    /** What becomes of the oldest pending prompt. */
    byte[] head = {};
    /** Its uncached tokens. */
    long[] headTokens = {};
    /** When the pod began with it, in nanoseconds. */
    long[] headBeganNanos = {};

    private final double assumedRate;
    private final PrefillRate rateOfAll = new PrefillRate();
    private double commonRate;
    private double commonSecondsPerToken;
    private double[] rateTokens = {};
    private double[] rateSeconds = {};
    // A decision asks each pod for its rate, and most are like the others: so that takes two comparisons.
    private double[] usualFrom = {};
    private double[] usualTo = {};
    private @Nullable PodWork[] work = {};
    private int pending;

    /**
     * Nothing is on its way.
     *
     * @param assumedRate uncached tokens a second that a pod prefills, before there are samples; more than 0
     */
    WorkColumns(double assumedRate) {
        this.assumedRate = assumedRate;
        tellCommonRate();
        grow(16);
    }

    private void tellCommonRate() {
        commonRate = rateOfAll.perSecond(assumedRate, ASSUMED_RATE_WEIGHT_SECONDS);
        commonSecondsPerToken = 1 / commonRate;
    }

    private void grow(int rows) {
        int known = work.length;
        pendingTokens = Arrays.copyOf(pendingTokens, rows);
        ownPending = Arrays.copyOf(ownPending, rows);
        activeTokens = Arrays.copyOf(activeTokens, rows);
        head = Arrays.copyOf(head, rows);
        headTokens = Arrays.copyOf(headTokens, rows);
        headBeganNanos = Arrays.copyOf(headBeganNanos, rows);
        rateTokens = Arrays.copyOf(rateTokens, rows);
        rateSeconds = Arrays.copyOf(rateSeconds, rows);
        usualFrom = Arrays.copyOf(usualFrom, rows);
        usualTo = Arrays.copyOf(usualTo, rows);
        Arrays.fill(usualTo, known, rows, Double.POSITIVE_INFINITY);
        work = Arrays.copyOf(work, rows);
    }

    // ---- rows

    /** Opens the row of a pod, which is empty. */
    PodWork open(int row) {
        if (row >= work.length) {
            grow(Math.max(row + 1, 2 * work.length));
        }
        PodWork made = new PodWork(this, row);
        work[row] = made;
        return made;
    }

    /** Empties the row of a pod that has left. */
    void close(int row) {
        PodWork known = work[row];
        if (known != null) {
            pending -= known.pending();
        }
        work[row] = null;
        pendingTokens[row] = 0;
        ownPending[row] = 0;
        activeTokens[row] = 0;
        head[row] = NONE;
        headTokens[row] = 0;
        headBeganNanos[row] = 0;
        rateTokens[row] = 0;
        rateSeconds[row] = 0;
        tellWhatIsUsual(row);
    }

    /** Prompts became pending, or are not any more. */
    void addPending(int prompts) {
        pending += prompts;
    }

    /** A pod has prefilled some tokens, and did nothing else in that time. */
    void learn(int row, double tokens, double seconds) {
        double fade = PrefillRate.fade(seconds);
        rateTokens[row] = rateTokens[row] * fade + tokens;
        rateSeconds[row] = rateSeconds[row] * fade + seconds;
        tellWhatIsUsual(row);
        rateOfAll.add(tokens, seconds);
        tellCommonRate();
    }

    /** With which common rate a pod is like the others: own rate and common one, solved for the common one. */
    private void tellWhatIsUsual(int row) {
        double weight = rateSeconds[row] + OWN_RATE_WEIGHT_SECONDS;
        double faster = OTHER_SPEED * weight - OWN_RATE_WEIGHT_SECONDS;
        double slower = weight - OTHER_SPEED * OWN_RATE_WEIGHT_SECONDS;
        usualFrom[row] = rateTokens[row] / faster;
        usualTo[row] = slower > 0 ? OTHER_SPEED * rateTokens[row] / slower : Double.POSITIVE_INFINITY;
    }

    // ---- what decisions ask

    /** Prompts that are not prefilled yet, at all pods. */
    int pending() {
        return pending;
    }

    /** Uncached tokens a second that a pod prefills, as far as that is known; more than 0. */
    double tokensPerSecond(int row) {
        return usual(row) ? commonRate : ownRate(row);
    }

    /** Seconds that a pod takes to prefill an uncached token; the reciprocal, because a division takes longer. */
    double secondsPerToken(int row) {
        return usual(row) ? commonSecondsPerToken : 1 / ownRate(row);
    }

    private boolean usual(int row) {
        return commonRate >= usualFrom[row] && commonRate <= usualTo[row];
    }

    private double ownRate(int row) {
        return (rateTokens[row] + commonRate * OWN_RATE_WEIGHT_SECONDS)
                / (rateSeconds[row] + OWN_RATE_WEIGHT_SECONDS);
    }

    /** Uncached tokens on their way to a pod that have no first byte yet. */
    long pendingTokens(int row, long nowNanos) {
        if (head[row] == ELSEWHERE) {
            forgetElsewhere(row, nowNanos);
        }
        return pendingTokens[row];
    }

    /** Takes prompts of replicas for prefilled that must be by now, as far as they are the next ones. */
    void forgetElsewhere(int row, long nowNanos) {
        double rate = tokensPerSecond(row);
        while (head[row] == ELSEWHERE && nowNanos - headPrefilledNanos(row, rate) >= 0) {
            owner(row).passHead(headPrefilledNanos(row, rate));
        }
    }

    /**
     * Uncached tokens that a pod has still to prefill: all that are pending, less what it must have done of its head
     * since it began with it.
     *
     * @param tokensPerSecond how fast it is; 0 to leave out what it has done
     */
    double remainingTokens(int row, long nowNanos, double tokensPerSecond) {
        if (passed(row, nowNanos, tokensPerSecond)) {
            passHeads(row, nowNanos, tokensPerSecond);
        }
        double done = done(row, nowNanos, tokensPerSecond);
        double most = headTokens[row];
        // Where nothing is pending it began at 0, which may well be after now: clocks may be below zero.
        return pendingTokens[row] - (done < most ? (done > 0 ? done : 0) : most);
    }

    /** Tokens that a pod must have prefilled since it began with its head. */
    private double done(int row, long nowNanos, double tokensPerSecond) {
        return tokensPerSecond * (nowNanos - headBeganNanos[row]) * SECONDS_PER_NANO;
    }

    /** Whether a pod is past its head by now, whose first byte comes with the whole answer, or never. */
    private boolean passed(int row, long nowNanos, double tokensPerSecond) {
        return head[row] > STREAM && done(row, nowNanos, tokensPerSecond) >= headTokens[row];
    }

    private void passHeads(int row, long nowNanos, double tokensPerSecond) {
        while (passed(row, nowNanos, tokensPerSecond)) {
            owner(row).passHead(headPrefilledNanos(row, tokensPerSecond));
        }
    }

    private long headPrefilledNanos(int row, double tokensPerSecond) {
        return headBeganNanos[row] + (long) (headTokens[row] / tokensPerSecond * 1e9);
    }

    private PodWork owner(int row) {
        PodWork known = work[row];
        if (known == null) {
            throw new IllegalStateException("row " + row + " has a head, but no pod");
        }
        return known;
    }
}
