package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;

/**
 * SGLang's rule. The load is not balanced where requests in flight differ by more than {@code balance-abs} and the most
 * are more than {@code balance-rel} times the least; or where a KV cache is used by more than
 * {@code overload-kv-usage}, or two differ by more than {@code balance-kv-usage}, as far as engines report that. Then
 * the fewest requests in flight decide; else the pod that holds the longest prefix, where that is more than
 * {@code cache-threshold} of the prompt; else again the fewest requests in flight. Ties at random.
 */
final class CacheAwareRouter implements Router {

    private final PodLoad load;
    private final ShardCaches caches;
    private final Choice choice;
    private final InFlight inFlight = new InFlight();
    private final double threshold;
    private final long balanceAbs;
    private final double balanceRel;
    private final double overloadKv;
    private final double balanceKv;
    private final RouterEnvironment.Counter imbalanced;

    CacheAwareRouter(RouterEnvironment environment) {
        load = environment.load();
        caches = ShardCaches.of(environment);
        choice = new Choice(environment.random());
        threshold = environment.decimal(CacheAwareProvider.THRESHOLD);
        balanceAbs = environment.integer(CacheAwareProvider.BALANCE_ABS);
        balanceRel = environment.decimal(CacheAwareProvider.BALANCE_REL);
        overloadKv = environment.decimal(CacheAwareProvider.OVERLOAD_KV);
        balanceKv = environment.decimal(CacheAwareProvider.BALANCE_KV);
        imbalanced = environment.counter("imbalanced");
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        inFlight.read(candidates, load);
        boolean byLoad = imbalanced(candidates);
        if (byLoad) {
            imbalanced.increment();
        }
        PrefixMatch match = caches.match(context);
        boolean byPrefix = !byLoad && match.most() > threshold * context.request().prefixHashes().length;
        context.select(candidates.get(byPrefix ? byPrefix(candidates, match) : inFlight.drawLeast(choice)));
    }

    private int byPrefix(Candidates candidates, PrefixMatch match) {
        CandidateRows pods = caches.rows(candidates);
        choice.begin();
        for (int i = 0; i < pods.size(); i++) {
            // Among those that hold the same, the less busy one: fewer than a block of difference in requests.
            choice.offer(i, inFlight.of(i) - match.blocks(pods.slot(i)) * (double) Integer.MAX_VALUE);
        }
        return choice.draw();
    }

    private boolean imbalanced(Candidates candidates) {
        if (inFlight.most() - inFlight.least() > balanceAbs && inFlight.most() > balanceRel * inFlight.least()) {
            return true;
        }
        if (overloadKv >= 1 && balanceKv >= 1) {
            return false;
        }
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = 0; i < candidates.size(); i++) {
            double usage = load.gauge(candidates.get(i), Gauge.KV_CACHE_USAGE);
            if (!Double.isNaN(usage)) {
                least = Math.min(least, usage);
                most = Math.max(most, usage);
            }
        }
        return most > overloadKv || most - least > balanceKv;
    }
}
