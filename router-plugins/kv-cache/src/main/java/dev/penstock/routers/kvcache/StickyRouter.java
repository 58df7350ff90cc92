package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import java.util.random.RandomGenerator;

/**
 * llm-d's rule. A pod that holds at least {@code affinity-share} of the prompt draws it, unless it is saturated: more
 * than {@code saturation-tokens} uncached tokens without first token there, or a first token that is expected more than
 * {@code max-ttft-penalty} later than at the quickest pod. Among the pods that draw, or among all where none does, the
 * least uncached tokens decide, those that wait there and those of the prompt; ties at random. A share
 * {@code exploration} of the requests is not drawn.
 */
final class StickyRouter implements Router {

    private final RandomGenerator random;
    private final ShardCaches caches;
    private final Choice choice;
    private final double affinity;
    private final long saturation;
    private final double penaltySeconds;
    private final double exploration;
    private final RouterEnvironment.Counter released;

    StickyRouter(RouterEnvironment environment) {
        random = environment.random();
        caches = ShardCaches.of(environment);
        choice = new Choice(random);
        affinity = environment.decimal(StickyProvider.AFFINITY);
        saturation = environment.integer(StickyProvider.SATURATION);
        penaltySeconds = environment.integer(StickyProvider.PENALTY) / 1e9;
        exploration = environment.decimal(StickyProvider.EXPLORATION);
        released = environment.counter("released");
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        choice.begin();
        for (int i = 0; i < candidates.size(); i++) {
            choice.offer(i, tokens(context, candidates.get(i)));
        }
        int quickest = choice.index();
        if (exploration == 0 || random.nextDouble() >= exploration) {
            int drawn = drawn(context, candidates, choice.least());
            if (drawn >= 0) {
                quickest = drawn;
            }
        }
        context.select(candidates.get(quickest));
    }

    private int drawn(RoutingContext context, Candidates candidates, double leastTokens) {
        PrefixMatch match = caches.match(context);
        double wanted = Math.max(1, affinity * context.request().prefixHashes().length);
        boolean saturated = false;
        choice.begin();
        for (int i = 0; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            if (match.blocks(pod.slot()) >= wanted) {
                double tokens = tokens(context, pod);
                double later = (tokens - leastTokens) / caches.tokensPerSecond(pod);
                if (caches.pendingTokens(pod) > saturation || later > penaltySeconds) {
                    saturated = true;
                } else {
                    choice.offer(i, tokens);
                }
            }
        }
        if (saturated && choice.index() < 0) {
            released.increment();
        }
        return choice.index();
    }

    private double tokens(RoutingContext context, PodView pod) {
        return (double) caches.pendingTokens(pod) + caches.uncached(context, pod);
    }
}
