package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;

/**
 * Preble's rule as AIBrix has it. Where the candidates differ by more than {@code imbalance-requests} in flight, only
 * those with the fewest are asked. Where more than half of the prompt is cached somewhere among them, exploit: of the
 * pods that hold the most of it, the one that got the fewest requests within {@code sliding-window}. Else explore: the
 * least cost, which is what the requests of the window cost there (prefill of what was not cached, and an answer of
 * {@code decoding-length} tokens) and what the prefill of this prompt would. Ties at random. As a scorer, the cost.
 */
final class PrebleRouter implements Scorer {

    private final RouterEnvironment environment;
    private final ShardCaches caches;
    private final Choice choice;
    private final InFlight inFlight = new InFlight();
    private final PrebleCosts costs;
    private final long imbalance;
    private final long bucketNanos;
    private final double decodeSeconds;
    private final SlidingLoads loads = new SlidingLoads();

    PrebleRouter(RouterEnvironment environment) {
        this.environment = environment;
        caches = ShardCaches.of(environment);
        choice = new Choice(environment.random());
        costs = PrebleCosts.of(environment.text(PrebleProvider.GPU));
        imbalance = environment.integer(PrebleProvider.IMBALANCE);
        bucketNanos = SlidingLoads.bucketNanos(environment.integer(PrebleProvider.WINDOW));
        decodeSeconds = PrebleCosts.decodeSeconds(environment.integer(PrebleProvider.DECODING));
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        inFlight.read(candidates, environment.load());
        int most = inFlight.most() - inFlight.least() > imbalance ? inFlight.least() : inFlight.most();
        PrefixMatch match = caches.match(context);
        CandidateRows pods = caches.rows(candidates);
        int deepest = deepest(pods, match, most);
        boolean exploit = 2L * deepest > context.request().prefixHashes().length;
        PromptSize prompt = caches.size(context.request());
        double uncached = prefillSeconds(prompt, 0);
        long now = bucket();
        choice.begin();
        for (int i = 0; i < pods.size(); i++) {
            int slot = pods.slot(i);
            int blocks = match.blocks(slot);
            if (inFlight.of(i) <= most && !(exploit && blocks < deepest)) {
                choice.offer(i, exploit ? loads.requests(slot, now)
                        : loads.cost(slot, now) + (blocks == 0 ? uncached : prefillSeconds(prompt, blocks)));
            }
        }
        context.select(candidates.get(choice.draw()));
    }

    /** The most blocks that any of those holds that are not too busy. */
    private int deepest(CandidateRows pods, PrefixMatch match, int mostInFlight) {
        int deepest = 0;
        for (int i = 0; i < pods.size() && match.most() > 0; i++) {
            if (inFlight.of(i) <= mostInFlight) {
                deepest = Math.max(deepest, match.blocks(pods.slot(i)));
            }
        }
        return deepest;
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        CandidateRows pods = caches.rows(context.candidates());
        PrefixMatch match = caches.match(context);
        PromptSize prompt = caches.size(context.request());
        long now = bucket();
        for (int i = 0; i < pods.size(); i++) {
            int slot = pods.slot(i);
            scores[i] = loads.cost(slot, now) + prefillSeconds(prompt, match.blocks(slot));
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        long prompt = caches.prompts().tokens(context.request());
        loads.add(plan.endpoint().slot(), bucket(),
                costs.prefillSeconds(caches.uncachedOfLast(), prompt) + decodeSeconds);
    }

    @Override
    public void podRemoved(PodView endpoint) {
        loads.forget(endpoint.slot());
    }

    private double prefillSeconds(PromptSize prompt, int cachedBlocks) {
        return costs.prefillSeconds(prompt.uncached(cachedBlocks), prompt.tokens());
    }

    private long bucket() {
        return Math.floorDiv(environment.nanoTime(), bucketNanos);
    }
}
