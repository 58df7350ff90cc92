package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;

/**
 * AIBrix's rule. Among the pods that hold some of the prompt, the one that holds the largest part of it in whole
 * percent, then the one with the fewest requests in flight, then any; but only pods with at most
 * {@code mean + deviation-factor * deviation} requests in flight (sample deviation, over all candidates). Where the
 * candidates differ by more than {@code imbalance-requests}, only those with the fewest are asked. Where nobody is
 * left, the fewest requests in flight decide, ties at random. As a scorer, the percentage, without any guard.
 */
final class PrefixCacheRouter implements Scorer {

    private final RouterEnvironment environment;
    private final ShardCaches caches;
    private final Choice choice;
    private final InFlight inFlight = new InFlight();
    private final long imbalance;
    private final double factor;
    private final RouterEnvironment.Counter guarded;

    PrefixCacheRouter(RouterEnvironment environment) {
        this.environment = environment;
        caches = ShardCaches.of(environment);
        choice = new Choice(environment.random());
        imbalance = environment.integer(PrefixCacheProvider.IMBALANCE);
        factor = environment.decimal(PrefixCacheProvider.DEVIATION);
        guarded = environment.counter("guarded");
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        inFlight.read(candidates, environment.load());
        PrefixMatch match = caches.match(context);
        int chosen = -1;
        if (match.most() > 0) {
            chosen = byPrefix(context, match);
            if (chosen < 0) {
                guarded.increment();
            }
        }
        context.select(candidates.get(chosen < 0 ? inFlight.drawLeast(choice) : chosen));
    }

    private int byPrefix(RoutingContext context, PrefixMatch match) {
        CandidateRows pods = caches.rows(context.candidates());
        double limit = inFlight.meanAnd(factor);
        if (inFlight.most() - inFlight.least() > imbalance) {
            limit = Math.min(limit, inFlight.least());
        }
        int blocks = context.request().prefixHashes().length;
        choice.begin();
        for (int i = 0; i < pods.size(); i++) {
            int matched = match.blocks(pods.slot(i));
            int requests = inFlight.of(i);
            if (matched > 0 && requests <= limit) {
                // Percent decide before requests: one percent outweighs any number of them.
                choice.offer(i, requests - percent(matched, blocks) * (double) Integer.MAX_VALUE);
            }
        }
        return choice.draw();
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        PrefixMatch match = caches.match(context);
        CandidateRows pods = caches.rows(context.candidates());
        int blocks = context.request().prefixHashes().length;
        for (int i = 0; i < pods.size(); i++) {
            scores[i] = blocks == 0 ? 0 : percent(match.blocks(pods.slot(i)), blocks);
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.MOST;
    }

    private static int percent(int matched, int blocks) {
        return (int) (matched * 100L / blocks);
    }
}
