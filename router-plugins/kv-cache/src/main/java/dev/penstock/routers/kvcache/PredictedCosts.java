package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/**
 * The predicted time to first token at each pod, with a price on misses and on evictions: for each pod
 *
 * <pre>
 * cost = (W + K u + c E) / R
 * u    uncached tokens of the prompt, at least 1
 * W    uncached tokens of the prompts that wait there, less what the pod must have done of the first of them:
 *      R times the time since that was sent, or since the last first token of the pod
 * K    min(miss-weight-most, miss-weight + miss-weight-pending * prompts that wait everywhere / pods)
 * E    tokens that the pod's view evicts for u, each at exp(-age / T), T the age of the oldest block in any view
 * c    eviction-weight
 * R    uncached tokens a second, learned from first tokens
 * </pre>
 *
 * Ties are random. K is more than 1 because a miss costs those who come later, too, the more the longer the queues are.
 * E keeps an idle fleet from sending everything to the one pod that has the common system prompt. Confined to the
 * thread that holds the shard.
 */
final class PredictedCosts {

    private static final String MISS_WEIGHT = "miss-weight";
    private static final String MISS_WEIGHT_PENDING = "miss-weight-pending";
    private static final String MISS_WEIGHT_MOST = "miss-weight-most";
    private static final String EVICTION_WEIGHT = "eviction-weight";
    private static final String SHARED_BRANCHES = "shared-branches";
    private static final String PROGRESS_CREDIT = "progress-credit";

    /** The settings of each strategy that goes by these costs. */
    static final List<SettingSpec> SPECS = List.of(
            Specs.decimal(MISS_WEIGHT, 2, "what a token costs that is not cached, in tokens that wait before it"),
            Specs.decimal(MISS_WEIGHT_PENDING, 1,
                    "what is added to that for each prompt that waits for its prefill, mean over pods"),
            Specs.decimal(MISS_WEIGHT_MOST, 8, "the most that it gets to"),
            Specs.decimal(EVICTION_WEIGHT, 0.5,
                    "what an evicted token costs that was just used, in tokens that wait"),
            Specs.decimal(SHARED_BRANCHES, 2,
                    "a prefix from which this many prompts for each pod went on lately costs no pod; 0 for never"),
            Specs.flag(PROGRESS_CREDIT, true,
                    "whether what a pod must have done of the prompt that it prefills is taken off"),
            Specs.tokenizer());

    private final RouterEnvironment environment;
    private final ShardCaches caches;
    private final WorkColumns work;
    private final EvictionCosts evictions;
    private final Choice choice;
    private final double missWeight;
    private final double missWeightPending;
    private final double missWeightMost;
    private final double sharedBranches;
    private final boolean progressCredit;
    private double[] waits = new double[16];
    private int held;

    PredictedCosts(RouterEnvironment environment, ShardCaches caches) {
        this.environment = environment;
        this.caches = caches;
        work = caches.work();
        evictions = new EvictionCosts(environment, caches, environment.decimal(EVICTION_WEIGHT));
        choice = new Choice(environment.random());
        missWeight = environment.decimal(MISS_WEIGHT);
        missWeightPending = environment.decimal(MISS_WEIGHT_PENDING);
        missWeightMost = environment.decimal(MISS_WEIGHT_MOST);
        sharedBranches = environment.decimal(SHARED_BRANCHES);
        progressCredit = environment.flag(PROGRESS_CREDIT);
    }

    /** Index of the candidate at which the prompt costs least. */
    int best(RoutingContext context, Candidates candidates) {
        CandidateRows pods = caches.rows(candidates);
        if (waits.length < pods.size()) {
            waits = new double[pods.size()];
        }
        waits(context, pods, waits);
        int nearest = choice.of(waits, pods.size());
        return evictions.begin(context, pods) ? withEvictions(pods, nearest) : nearest;
    }

    /** Evictions only add to the cost: whoever waits longer than the best costs in all needs no look at its view. */
    private int withEvictions(CandidateRows pods, int nearest) {
        choice.begin();
        choice.offer(nearest, waits[nearest] + evictions.at(nearest, Double.POSITIVE_INFINITY));
        for (int i = 0; i < pods.size(); i++) {
            double enough = choice.least() - waits[i];
            if (enough >= 0 && i != nearest) {
                choice.offer(i, waits[i] + evictions.at(i, enough));
            }
        }
        return choice.draw();
    }

    /** What the prompt costs at each of its candidates, in seconds. */
    void score(RoutingContext context, double[] scores) {
        CandidateRows pods = caches.rows(context.candidates());
        waits(context, pods, scores);
        if (evictions.begin(context, pods)) {
            for (int i = 0; i < pods.size(); i++) {
                scores[i] += evictions.at(i, Double.POSITIVE_INFINITY);
            }
        }
    }

    /** Seconds of prefill that a pod has before it. */
    double waitingSeconds(PodView pod) {
        int row = caches.row(pod);
        double rate = work.tokensPerSecond(row);
        return work.remainingTokens(row, environment.nanoTime(), progressCredit ? rate : 0) / rate;
    }

    /**
     * How many prompts are not sent yet, but wait for a pod: they make queues longer, and so misses dearer.
     *
     * @param prompts 0 where none waits
     */
    void held(int prompts) {
        held = prompts;
    }

    /** Seconds until the prompt would be prefilled at each pod, misses at their price. */
    private void waits(RoutingContext context, CandidateRows pods, double[] into) {
        PromptSize prompt = caches.size(context.request());
        PrefixMatch match = caches.match(context);
        double missPrice = missPrice(pods.size());
        int shared = shared(match, pods.size());
        long now = environment.nanoTime();
        for (int i = 0; i < pods.size(); i++) {
            int row = pods.row(i);
            double waiting = work.remainingTokens(row, now, progressCredit ? work.tokensPerSecond(row) : 0);
            long uncached = prompt.uncached(Math.max(shared, match.blocks(pods.slot(i))));
            into[i] = (waiting + missPrice * uncached) * work.secondsPerToken(row);
        }
    }

    private double missPrice(int pods) {
        double prompts = work.pending() + held;
        return Math.min(missWeightMost, missWeight + missWeightPending * prompts / pods);
    }

    /** Blocks that begin so many prompts that each pod will soon have them anyhow: who has not, pays once. */
    private int shared(PrefixMatch match, int pods) {
        double enough = sharedBranches * pods;
        return enough > 0 && match.branches() >= enough ? match.most() : 0;
    }
}
