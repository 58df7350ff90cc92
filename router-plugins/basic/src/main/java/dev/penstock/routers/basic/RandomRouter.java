package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import java.util.random.RandomGenerator;

/** Every candidate is as likely as any other. */
final class RandomRouter implements Router {

    private final RandomGenerator random;

    RandomRouter(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        context.select(candidates.get(random.nextInt(candidates.size())));
    }
}
