package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Prompts of about the same length go to the same pod, short ones to the first pods and long ones to the last, so that
 * no short prompt waits behind a long one. The lengths are divided so that each pod prefills as many tokens as any
 * other. Where requests in flight differ too much nevertheless, the least busy pod is chosen.
 */
final class BucketRouter implements Scorer {

    static final String STRATEGY = "bucket";
    static final String BALANCE_ABS = "balance-abs";
    static final String BALANCE_REL = "balance-rel";
    static final String FIRST_MAX = "first-max-tokens";
    static final String CUT_INTERVAL = "cut-interval";

    private static final String EVEN_RANGES = "even_ranges";

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final RandomGenerator random;
    private final Least least;
    private final RouterEnvironment.Counter balanced;
    private final Substitutes substitutes;
    private final long balanceAbs;
    private final double balanceRel;
    private final long firstMax;
    private final long cutNanos;
    private final Map<String, LengthShares> byModel = new HashMap<>();
    // Requests in flight at the candidates of the request that is decided.
    private double[] inFlight = {};

    BucketRouter(RouterEnvironment environment) {
        this.environment = environment;
        load = environment.load();
        random = environment.random();
        least = new Least(random);
        balanced = environment.counter("balanced");
        substitutes = new Substitutes(environment, STRATEGY, List.of(EVEN_RANGES));
        balanceAbs = environment.integer(BALANCE_ABS);
        balanceRel = environment.decimal(BALANCE_REL);
        firstMax = environment.integer(FIRST_MAX);
        cutNanos = environment.integer(CUT_INTERVAL);
        if (firstMax < 1) {
            throw new IllegalArgumentException(FIRST_MAX + ": " + firstMax + " (expected: 1 or more)");
        }
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        if (imbalanced(candidates)) {
            balanced.increment();
            context.select(candidates.get(least.of(inFlight, candidates.size())));
        } else {
            context.select(candidates.get((int) (place(context) * candidates.size())));
        }
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        if (imbalanced(candidates)) {
            System.arraycopy(inFlight, 0, scores, 0, candidates.size());
            return;
        }
        double place = place(context) * candidates.size();
        for (int i = 0; i < candidates.size(); i++) {
            scores[i] = Math.abs(i + 0.5 - place);
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        if (context.strategies().contains(STRATEGY)) {
            LengthShares shares = shares(context);
            if (!shares.known()) {
                substitutes.tell(context, EVEN_RANGES);
            }
            shares.add(context.promptTokens(), environment.nanoTime());
        }
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        byModel.keySet().removeIf(model -> snapshot.model(model) == null);
    }

    private double place(RoutingContext context) {
        return shares(context).place(context.promptTokens(), random.nextDouble());
    }

    private LengthShares shares(RoutingContext context) {
        String model = context.request().model();
        LengthShares known = byModel.get(model);
        if (known == null) {
            known = new LengthShares(firstMax, cutNanos, environment.nanoTime());
            byModel.put(model, known);
        }
        return known;
    }

    /** Whether requests in flight differ too much; reads them. */
    private boolean imbalanced(Candidates candidates) {
        if (inFlight.length < candidates.size()) {
            inFlight = new double[candidates.size()];
        }
        int fewest = Integer.MAX_VALUE;
        int most = 0;
        for (int i = 0; i < candidates.size(); i++) {
            int there = load.inFlight(candidates.get(i));
            inFlight[i] = there;
            fewest = Math.min(fewest, there);
            most = Math.max(most, there);
        }
        return most - fewest > balanceAbs && most > balanceRel * fewest;
    }
}
