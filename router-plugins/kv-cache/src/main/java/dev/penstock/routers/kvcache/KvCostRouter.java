package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;

/**
 * Dynamo's rule: the least {@code prefill-load-scale * prefill + decode}, in blocks, ties at random. Prefill is what
 * waits at the pod and what of the prompt is not cached there; decode is what the pod holds for all requests in flight,
 * and the prompt. With {@code product}, prefill times requests in flight plus one.
 */
final class KvCostRouter implements Scorer {

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final ShardCaches caches;
    private final WorkColumns work;
    private final Choice choice;
    private final double prefillScale;
    private final boolean product;
    private double[] costs = {};

    KvCostRouter(RouterEnvironment environment) {
        this.environment = environment;
        load = environment.load();
        caches = ShardCaches.of(environment);
        work = caches.work();
        choice = new Choice(environment.random());
        prefillScale = environment.decimal(KvCostProvider.PREFILL_SCALE);
        product = environment.flag(KvCostProvider.PRODUCT);
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        if (costs.length < candidates.size()) {
            costs = new double[candidates.size()];
        }
        score(context, costs);
        context.select(candidates.get(choice.of(costs, candidates.size())));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        CandidateRows pods = caches.rows(candidates);
        PrefixMatch match = caches.match(context);
        PromptSize prompt = caches.size(context.request());
        long now = environment.nanoTime();
        double blockTokens = caches.prompts().blockTokens();
        for (int i = 0; i < pods.size(); i++) {
            int row = pods.row(i);
            double prefill = (double) work.pendingTokens(row, now) + prompt.uncached(match.blocks(pods.slot(i)));
            scores[i] = product
                    ? prefill * (load.inFlight(candidates.get(i)) + 1)
                    : (prefillScale * prefill + work.activeTokens[row] + prompt.tokens()) / blockTokens;
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }
}
