package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Snapshot;
import java.util.List;

/**
 * The fewest seconds until what is in flight is done: requests in flight by requests completed a second. Ties go to the
 * pod with less of its KV cache in use, then at random.
 */
final class DrainRouter implements Scorer {

    static final String STRATEGY = "load-balance";
    static final String LEAST_SHARE = "least-share";

    private static final String IN_FLIGHT = "in_flight";
    private static final String MEAN_RATE = "mean_rate";
    // So little that it decides between equal ones only.
    private static final double TIE = 1e-9;

    private final PodLoad load;
    private final Columns<DrainRates> columns;
    private final Substitutes substitutes;
    private final Least least;
    private double[] scores = {};

    DrainRouter(RouterEnvironment environment) {
        load = environment.load();
        double leastShare = environment.decimal(LEAST_SHARE);
        if (!(leastShare > 0 && leastShare <= 1)) {
            throw new IllegalArgumentException(LEAST_SHARE + ": " + leastShare
                    + " (expected: more than 0, at most 1)");
        }
        columns = new Columns<>(environment, model -> new DrainRates(environment.load(), leastShare));
        substitutes = new Substitutes(environment, STRATEGY, List.of(IN_FLIGHT, MEAN_RATE));
        least = new Least(environment.random());
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        int size = candidates.size();
        if (scores.length != size) {
            scores = new double[size];
        }
        score(context, scores);
        context.select(candidates.get(least.of(scores, size)));
    }

    @Override
    public void score(RoutingContext context, double[] into) {
        DrainRates rates = columns.of(context);
        Candidates candidates = context.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            int slot = pod.slot();
            into[i] = load.inFlight(pod) * rates.seconds(slot) + TIE * rates.kvUsage(slot);
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        if (!context.strategies().contains(STRATEGY)) {
            return;
        }
        DrainRates rates = columns.of(context);
        if (!rates.any()) {
            substitutes.tell(context, IN_FLIGHT);
        } else if (rates.assumed(plan.endpoint().slot())) {
            substitutes.tell(context, MEAN_RATE);
        }
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        columns.retain(snapshot);
    }
}
