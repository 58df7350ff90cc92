package dev.penstock.routers.fairness;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps users apart by what they have used: the more tokens a user has had lately, the later in the order of pods is
 * his place. Those who use much share the last pods, and those who use little find the first ones free.
 */
final class VtcRouter implements Scorer {

    static final String STRATEGY = "vtc-basic";
    /** No user: the fewest requests in flight. */
    static final String NO_USER = "no_user";
    /** No report of the chosen pod: its requests in flight alone. */
    static final String IN_FLIGHT = "in_flight";
    /** No usage of an answer: the estimate. */
    static final String ESTIMATED_USAGE = "estimated_usage";

    /** A request in flight. */
    private static final class Sent {
        private final PodView endpoint;
        private final ModelUsers users;
        private final UserTokens user;
        private final Estimate estimate;
        private final double reserved;
        private boolean answered;

        private Sent(PodView endpoint, ModelUsers users, UserTokens user, Estimate estimate, double reserved) {
            this.endpoint = endpoint;
            this.users = users;
            this.user = user;
            this.estimate = estimate;
            this.reserved = reserved;
        }
    }

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final RandomGenerator random;
    private final VtcSettings settings;
    private final PodOrder order = new PodOrder();
    private final Map<String, ModelUsers> models = new HashMap<>();
    private final IdentityHashMap<RoutingContext, Sent> sent = new IdentityHashMap<>();
    private final RouterEnvironment.Counter withoutUser;
    private final RouterEnvironment.Counter withoutReport;
    private final RouterEnvironment.Counter withoutUsage;
    private final RouterEnvironment.Counter forgotten;
    private double[] scores = {};

    VtcRouter(RouterEnvironment environment, VtcSettings settings) {
        this.environment = environment;
        this.settings = settings;
        load = environment.load();
        random = environment.random();
        withoutUser = environment.counter("substituted_" + NO_USER);
        withoutReport = environment.counter("substituted_" + IN_FLIGHT);
        withoutUsage = environment.counter("substituted_" + ESTIMATED_USAGE);
        forgotten = environment.counter("users_forgotten");
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        if (scores.length != candidates.size()) {
            scores = new double[candidates.size()];
        }
        score(context, scores);
        context.select(candidates.get(least()));
    }

    private int least() {
        int least = 0;
        int equals = 1;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] < scores[least]) {
                least = i;
                equals = 1;
            } else if (scores[i] == scores[least] && random.nextInt(++equals) == 0) {
                least = i;
            }
        }
        return least;
    }

    @Override
    public void score(RoutingContext context, double[] into) {
        Candidates candidates = context.candidates();
        String user = user(context);
        if (user == null) {
            for (int i = 0; i < candidates.size(); i++) {
                into[i] = load.inFlight(candidates.get(i));
            }
            return;
        }
        double place = place(context, user, candidates.size());
        int[] places = order.places(candidates);
        for (int i = 0; i < candidates.size(); i++) {
            into[i] = settings.fairnessWeight() * Math.abs(places[i] - place)
                    + settings.utilizationWeight() * utilization(candidates.get(i));
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    private double place(RoutingContext context, String user, int pods) {
        ModelUsers users = models.get(context.request().model());
        if (users == null) {
            return 0;
        }
        double tokens = users.tokens(user, environment.nanoTime());
        return Math.min(tokens / users.bucket(), pods - 1);
    }

    /** The report alone would be a second old: what was sent since then counts, too. */
    private double utilization(PodView pod) {
        double running = load.gauge(pod, Gauge.RUNNING);
        int inFlight = load.inFlight(pod);
        return Math.min((running > inFlight ? running : inFlight) / settings.maxPodLoad(), 1);
    }

    /** Tokens count whichever strategy the request names, once this one has been used for the model. */
    @Override
    public void chosen(RoutingContext context, Plan plan) {
        boolean mine = context.strategies().contains(STRATEGY);
        String user = user(context);
        if (mine) {
            tell(context, user, plan.endpoint());
        }
        String model = context.request().model();
        ModelUsers users = models.get(model);
        if (user == null || (users == null && !mine)) {
            return;
        }
        if (users == null) {
            users = new ModelUsers(settings, environment.nanoTime());
            models.put(model, users);
        }
        Estimate estimate = Estimate.of(context);
        double tokens = weighted(estimate);
        UserTokens of = users.reserve(user, tokens, environment.nanoTime());
        sent.put(context, new Sent(plan.endpoint(), users, of, estimate, tokens));
        if (users.makeRoom() != null) {
            forgotten.increment();
        }
    }

    private void tell(RoutingContext context, @Nullable String user, PodView pod) {
        if (user == null) {
            withoutUser.increment();
            context.note(STRATEGY + "=" + NO_USER);
        } else if (Double.isNaN(load.gauge(pod, Gauge.RUNNING))) {
            withoutReport.increment();
            context.note(STRATEGY + "=" + IN_FLIGHT);
        }
    }

    @Override
    public void firstByte(RoutingContext context, PodView endpoint) {
        Sent request = sent.get(context);
        if (request != null) {
            request.answered = true;
        }
    }

    @Override
    public void ended(RoutingContext context, PodView endpoint, Usage usage) {
        Sent request = sent.get(context);
        // Where a pair of endpoints has it, the one that generates tells what was used.
        if (request == null || !request.endpoint.sameEndpoint(endpoint)) {
            return;
        }
        sent.remove(context);
        double used = 0;
        // One that was never answered has cost nothing that is known, and may be tried again.
        if (request.answered || usage.known()) {
            used = weighted(request.estimate.correctedBy(usage));
            if (!usage.known()) {
                withoutUsage.increment();
            }
        }
        request.users.settle(request.user, request.reserved, used, environment.nanoTime());
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        models.keySet().removeIf(model -> snapshot.model(model) == null);
    }

    private double weighted(Estimate estimate) {
        return settings.tokens().of(estimate.input(), estimate.output());
    }

    private static @Nullable String user(RoutingContext context) {
        String user = context.request().user();
        return user == null || user.isEmpty() ? null : user;
    }
}
