package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.random.RandomGenerator;

/** The fewest requests in flight, ties at random. */
final class LeastRequestRouter implements Scorer {

    private final PodLoad load;
    private final RandomGenerator random;

    LeastRequestRouter(RouterEnvironment environment) {
        load = environment.load();
        random = environment.random();
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        int best = 0;
        int least = Integer.MAX_VALUE;
        int equals = 0;
        for (int i = 0; i < candidates.size(); i++) {
            int inFlight = load.inFlight(candidates.get(i));
            if (inFlight < least) {
                least = inFlight;
                best = i;
                equals = 1;
            } else if (inFlight == least && random.nextInt(++equals) == 0) {
                // The n-th of n equals takes over with chance 1/n: each of them ends up equally likely, in one pass.
                best = i;
            }
        }
        context.select(candidates.get(best));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            scores[i] = load.inFlight(candidates.get(i));
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }
}
