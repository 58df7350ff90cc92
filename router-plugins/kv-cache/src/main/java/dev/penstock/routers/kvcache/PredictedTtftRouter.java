package dev.penstock.routers.kvcache;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;

/** The least of the {@linkplain PredictedCosts predicted costs}. */
final class PredictedTtftRouter implements Scorer {

    private final PredictedCosts costs;

    PredictedTtftRouter(RouterEnvironment environment) {
        costs = new PredictedCosts(environment, ShardCaches.of(environment));
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        context.select(candidates.get(costs.best(context, candidates)));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        costs.score(context, scores);
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }
}
