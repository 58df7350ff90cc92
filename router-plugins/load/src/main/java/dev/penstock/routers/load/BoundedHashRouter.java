package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.List;

/**
 * Consistent hashing with bounded loads: each pod draws a number from the key and its own address, and the highest one
 * of those that are not full wins. A pod is full that has as many requests in flight as a certain number of times the
 * mean. So keys stay where they are unless their pod leaves or is full, and all proxies agree without talking.
 */
final class BoundedHashRouter implements Scorer {

    static final String FACTOR = "load-factor";

    private static final String IN_FLIGHT = "in_flight";
    // 2 to the power of -53: the upper 53 bits of a number make a double from 0 to 1.
    private static final double UNIT = 0x1p-53;

    private final String strategy;
    private final RequestKey key;
    private final PodLoad load;
    private final Least least;
    private final Substitutes substitutes;
    private final double factor;
    private final AddressDraws draws = new AddressDraws();
    // Of the candidates of this decision.
    private long[] drawn = {};
    private int[] inFlight = {};

    /**
     * A router.
     *
     * @param strategy its name
     * @param key what decides where a request belongs
     */
    BoundedHashRouter(RouterEnvironment environment, String strategy, RequestKey key) {
        this.strategy = strategy;
        this.key = key;
        load = environment.load();
        least = new Least(environment.random());
        substitutes = new Substitutes(environment, strategy, List.of(IN_FLIGHT));
        factor = environment.decimal(FACTOR);
        if (!(factor >= 1)) {
            throw new IllegalArgumentException(FACTOR + ": " + factor + " (expected: 1 or more)");
        }
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        long of = key.of(context.request());
        if (of == RequestKey.NONE) {
            context.select(candidates.get(least.inFlight(candidates, load)));
            return;
        }
        long full = draw(candidates, of);
        int best = -1;
        for (int i = 0; i < candidates.size(); i++) {
            if (inFlight[i] < full && (best < 0 || Long.compareUnsigned(drawn[i], drawn[best]) > 0)) {
                best = i;
            }
        }
        context.select(candidates.get(best));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        long of = key.of(context.request());
        if (of == RequestKey.NONE) {
            return;
        }
        long full = draw(candidates, of);
        for (int i = 0; i < candidates.size(); i++) {
            scores[i] = inFlight[i] < full ? (drawn[i] >>> 11) * UNIT : Double.NaN;
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.MOST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        if (context.strategies().contains(strategy) && key.of(context.request()) == RequestKey.NONE) {
            substitutes.tell(context, IN_FLIGHT);
        }
    }

    /** Lets each candidate draw its number; how many requests in flight are too many for another one. */
    private long draw(Candidates candidates, long of) {
        int size = candidates.size();
        if (drawn.length != size) {
            drawn = new long[size];
            inFlight = new int[size];
        }
        long total = 1;
        for (int i = 0; i < size; i++) {
            PodView pod = candidates.get(i);
            int there = load.inFlight(pod);
            inFlight[i] = there;
            total += there;
            drawn[i] = draws.draw(of, pod);
        }
        return (long) Math.ceil(factor * total / size);
    }
}
