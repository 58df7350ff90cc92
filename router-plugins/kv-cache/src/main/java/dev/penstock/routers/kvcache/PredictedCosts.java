package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixIndex;
import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
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
    private final Choice nearest;
    private final Choice choice;
    private final double missWeight;
    private final double missWeightPending;
    private final double missWeightMost;
    private final double evictionWeight;
    private final double sharedBranches;
    private final boolean progressCredit;
    private double[] waits = new double[16];
    private int held;

    PredictedCosts(RouterEnvironment environment, ShardCaches caches) {
        this.environment = environment;
        this.caches = caches;
        nearest = new Choice(environment.random());
        choice = new Choice(environment.random());
        missWeight = environment.decimal(MISS_WEIGHT);
        missWeightPending = environment.decimal(MISS_WEIGHT_PENDING);
        missWeightMost = environment.decimal(MISS_WEIGHT_MOST);
        evictionWeight = environment.decimal(EVICTION_WEIGHT);
        sharedBranches = environment.decimal(SHARED_BRANCHES);
        progressCredit = environment.flag(PROGRESS_CREDIT);
    }

    /** Index of the candidate at which the prompt costs least. */
    int best(RoutingContext context, Candidates candidates) {
        if (waits.length < candidates.size()) {
            waits = new double[candidates.size()];
        }
        nearest.begin();
        double missPrice = missPrice(candidates.size());
        PrefixMatch match = caches.match(context);
        int shared = shared(match, candidates.size());
        for (int i = 0; i < candidates.size(); i++) {
            waits[i] = wait(context, candidates.get(i), match, missPrice, shared);
            nearest.offer(i, waits[i]);
        }
        return withEvictions(context, candidates);
    }

    /** Evictions only add to the cost: whoever waits longer than the best costs in all needs no look at its view. */
    private int withEvictions(RoutingContext context, Candidates candidates) {
        int first = nearest.index();
        double scale = caches.oldestAgeSeconds(candidates);
        if (evictionWeight == 0 || scale == 0) {
            return first;
        }
        choice.begin();
        double enough = Double.POSITIVE_INFINITY;
        choice.offer(first, waits[first] + evictions(context, candidates.get(first), scale, enough));
        for (int i = 0; i < candidates.size(); i++) {
            if (i != first && waits[i] <= choice.least()) {
                enough = choice.least() - waits[i];
                choice.offer(i, waits[i] + evictions(context, candidates.get(i), scale, enough));
            }
        }
        return choice.index();
    }

    /** What the prompt costs at each of its candidates, in seconds. */
    void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        double missPrice = missPrice(candidates.size());
        double scale = caches.oldestAgeSeconds(candidates);
        PrefixMatch match = caches.match(context);
        int shared = shared(match, candidates.size());
        for (int i = 0; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            scores[i] = wait(context, pod, match, missPrice, shared);
            if (evictionWeight > 0 && scale > 0) {
                scores[i] += evictions(context, pod, scale, Double.POSITIVE_INFINITY);
            }
        }
    }

    /** Seconds of prefill that a pod has before it. */
    double waitingSeconds(PodView pod) {
        double rate = caches.tokensPerSecond(pod);
        return caches.remainingTokens(pod, progressCredit ? rate : 0) / rate;
    }

    /**
     * How many prompts are not sent yet, but wait for a pod: they make queues longer, and so misses dearer.
     *
     * @param prompts 0 where none waits
     */
    void held(int prompts) {
        held = prompts;
    }

    private double missPrice(int pods) {
        double prompts = caches.pending() + held;
        return Math.min(missWeightMost, missWeight + missWeightPending * prompts / pods);
    }

    /** Blocks that begin so many prompts that each pod will soon have them anyhow: who has not, pays once. */
    private int shared(PrefixMatch match, int pods) {
        double enough = sharedBranches * pods;
        return enough > 0 && match.branches() >= enough ? match.most() : 0;
    }

    /** Seconds until the prompt is prefilled, misses at their price. */
    private double wait(RoutingContext context, PodView pod, PrefixMatch match, double missPrice, int shared) {
        double rate = caches.tokensPerSecond(pod);
        double waiting = caches.remainingTokens(pod, progressCredit ? rate : 0);
        int cached = Math.max(shared, match.blocks(pod.slot()));
        return (waiting + missPrice * caches.prompts().uncached(context.request(), cached)) / rate;
    }

    /** Seconds that it takes to prefill again what is evicted, at their price. */
    private double evictions(RoutingContext context, PodView pod, double scale, double enoughSeconds) {
        RoutingRequest request = context.request();
        PrefixMatch match = caches.match(context);
        PrefixIndex index = caches.index();
        double secondsPerBlock = evictionWeight * caches.prompts().blockTokens() / caches.tokensPerSecond(pod);
        int added = request.prefixHashes().length - match.blocks(pod.slot());
        return secondsPerBlock * index.evictionPrice(pod.slot(), added, environment.nanoTime(), scale,
                enoughSeconds / secondsPerBlock);
    }
}
