package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Usage;

/**
 * The share of the prompt's blocks that a pod holds, for expressions. Alone it has no opinion: whoever only followed
 * the longest prefix would send everything to the pod that has the common system prompt. Keeps what the shard knows of
 * caches, for all strategies of this plugin.
 */
final class PrefixMatchRouter implements Scorer {

    private final ShardCaches caches;

    PrefixMatchRouter(RouterEnvironment environment) {
        caches = new ShardCaches(environment);
    }

    /** What is lent to the others. */
    ShardCaches caches() {
        return caches;
    }

    @Override
    public void route(RoutingContext context) {
        context.abstain("prefix_match_alone");
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        int blocks = context.request().prefixHashes().length;
        if (blocks == 0) {
            return;
        }
        PrefixMatch match = caches.match(context);
        CandidateRows pods = caches.rows(context.candidates());
        for (int i = 0; i < pods.size(); i++) {
            scores[i] = (double) match.blocks(pods.slot(i)) / blocks;
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.MOST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        caches.chosen(context, plan.prefill());
    }

    @Override
    public void kvEvent(KvEvent event) {
        if (event instanceof KvEvent.Expected prompt) {
            caches.sentElsewhere(prompt);
        } else {
            caches.views().take(event);
        }
    }

    @Override
    public void firstByte(RoutingContext context, PodView endpoint) {
        caches.firstByte(context, endpoint);
    }

    @Override
    public void ended(RoutingContext context, PodView endpoint, Usage usage) {
        caches.ended(context, endpoint, usage);
    }

    @Override
    public void woken(long nowNanos) {
        caches.woken();
    }

    @Override
    public void podRemoved(PodView endpoint) {
        caches.podRemoved(endpoint);
    }
}
