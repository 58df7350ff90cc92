package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * The least of what engines report, ties at random; where no pod reports it, of what stands in for it, and at last the
 * fewest requests in flight.
 */
final class LeastReportedRouter implements Scorer {

    static final String PROBE = "probe-interval";

    private static final String IN_FLIGHT = "in_flight";
    private static final String UNMEASURED = "unmeasured";

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final String strategy;
    private final String wanted;
    private final Columns<Costs> columns;
    private final Substitutes substitutes;
    private final Least least;
    private final long assumedOutputTokens;
    // As long as the candidates are many: made anew only when their number changes.
    private double[] scores = {};

    /**
     * A router.
     *
     * @param strategy its name
     * @param bases what pods are compared by, in the order in which that is tried
     * @param assumedOutputTokens length of an answer of which nothing is known
     */
    LeastReportedRouter(RouterEnvironment environment, String strategy, List<Basis> bases, long assumedOutputTokens) {
        this.environment = environment;
        this.load = environment.load();
        this.strategy = strategy;
        this.wanted = bases.getFirst().name();
        this.assumedOutputTokens = assumedOutputTokens;
        long probeNanos = environment.integer(PROBE);
        columns = new Columns<>(environment, model -> new Costs(bases, environment.load(), probeNanos));
        least = new Least(environment.random());
        List<String> names = new ArrayList<>(List.of(IN_FLIGHT, UNMEASURED));
        bases.stream().skip(1).map(Basis::name).forEach(names::add);
        substitutes = new Substitutes(environment, strategy, names);
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        int size = candidates.size();
        if (scores.length != size) {
            scores = new double[size];
        }
        score(context, scores);
        int chosen = least.of(scores, size);
        // Pods that others than these candidates tell something of.
        context.select(candidates.get(chosen < 0 ? least.inFlight(candidates, load) : chosen));
    }

    @Override
    public void score(RoutingContext context, double[] into) {
        Candidates candidates = context.candidates();
        Costs costs = columns.of(context);
        Basis by = costs.basis();
        if (by == null) {
            for (int i = 0; i < candidates.size(); i++) {
                into[i] = load.inFlight(candidates.get(i));
            }
            return;
        }
        double outputTokens = by.byTokens() ? outputTokens(context) : 0;
        costs.score(candidates, (double) context.promptTokens(), outputTokens, environment.nanoTime(), into);
    }

    private double outputTokens(RoutingContext context) {
        long predicted = context.predictedOutputTokens();
        return (double) (predicted > 1 ? predicted : assumedOutputTokens);
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        if (!context.strategies().contains(strategy)) {
            return;
        }
        Costs costs = columns.of(context);
        Basis by = costs.basis();
        int slot = plan.endpoint().slot();
        if (by == null) {
            substitutes.tell(context, IN_FLIGHT);
        } else if (!by.name().equals(wanted)) {
            substitutes.tell(context, by.name());
        } else if (!costs.has(slot)) {
            substitutes.tell(context, UNMEASURED);
        }
        costs.sent(slot, environment.nanoTime());
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        columns.retain(snapshot);
    }
}
