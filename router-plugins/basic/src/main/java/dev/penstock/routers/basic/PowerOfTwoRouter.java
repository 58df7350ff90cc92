package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import java.util.random.RandomGenerator;

/** Draws two different candidates and takes the one with fewer requests in flight; the first one if they are equal. */
final class PowerOfTwoRouter implements Router {

    private final PodLoad load;
    private final RandomGenerator random;

    PowerOfTwoRouter(RouterEnvironment environment) {
        load = environment.load();
        random = environment.random();
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        int size = candidates.size();
        if (size == 1) {
            context.select(candidates.get(0));
            return;
        }
        int first = random.nextInt(size);
        int other = random.nextInt(size - 1);
        PodView one = candidates.get(first);
        PodView two = candidates.get(other < first ? other : other + 1);
        context.select(load.inFlight(one) <= load.inFlight(two) ? one : two);
    }
}
