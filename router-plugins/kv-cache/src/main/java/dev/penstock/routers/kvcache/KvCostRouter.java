package dev.penstock.routers.kvcache;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;

/**
 * Dynamo's rule: the least {@code prefill-load-scale * prefill + decode}, in blocks, ties at random. Prefill is what
 * waits at the pod and what of the prompt is not cached there; decode is what the pod holds for all requests in flight,
 * and the prompt. With {@code product}, prefill times requests in flight plus one.
 */
final class KvCostRouter implements Scorer {

    private final PodLoad load;
    private final ShardCaches caches;
    private final Choice choice;
    private final double prefillScale;
    private final boolean product;

    KvCostRouter(RouterEnvironment environment) {
        load = environment.load();
        caches = ShardCaches.of(environment);
        choice = new Choice(environment.random());
        prefillScale = environment.decimal(KvCostProvider.PREFILL_SCALE);
        product = environment.flag(KvCostProvider.PRODUCT);
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        choice.begin();
        for (int i = 0; i < candidates.size(); i++) {
            choice.offer(i, cost(context, candidates.get(i)));
        }
        context.select(candidates.get(choice.index()));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            scores[i] = cost(context, candidates.get(i));
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    private double cost(RoutingContext context, PodView pod) {
        double prefill = (double) caches.pendingTokens(pod) + caches.uncached(context, pod);
        if (product) {
            return prefill * (load.inFlight(pod) + 1);
        }
        PodWork work = caches.work(pod);
        double active = work == null ? 0 : work.activeTokens();
        double tokens = prefillScale * prefill + active + caches.prompts().tokens(context.request());
        return tokens / caches.prompts().blockTokens();
    }
}
