package dev.penstock.bench.soak;

import dev.penstock.routers.basic.LeastRequestProvider;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code least-request} as it is delivered, with a look at the candidates behind each of its decisions. */
final class ObservedLeastRequest implements RouterProvider {
    private final RouterProvider observed = new LeastRequestProvider();
    private final AtomicInteger decisions = new AtomicInteger();
    private final AtomicInteger widest = new AtomicInteger();

    /** How many times a request was reserved. */
    int decisions() {
        return decisions.get();
    }

    /** The largest difference of requests in flight between two endpoints right behind a decision. */
    int widest() {
        return widest.get();
    }

    @Override
    public String name() {
        return observed.name();
    }

    @Override
    public Router create(RouterEnvironment environment) {
        Router router = observed.create(environment);
        return new Router() {
            @Override
            public void route(RoutingContext context) {
                router.route(context);
            }

            @Override
            public void chosen(RoutingContext context, Plan plan) {
                decided(context);
            }
        };
    }

    private void decided(RoutingContext context) {
        Candidates candidates = context.candidates();
        PodLoad load = context.load();
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int i = 0; i < candidates.size(); i++) {
            int inFlight = load.inFlight(candidates.get(i));
            least = Math.min(least, inFlight);
            most = Math.max(most, inFlight);
        }
        decisions.incrementAndGet();
        widest.accumulateAndGet(most - least, Math::max);
    }
}
