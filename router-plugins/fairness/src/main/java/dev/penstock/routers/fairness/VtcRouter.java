package dev.penstock.routers.fairness;

import dev.penstock.spi.Candidates;
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
        private final UserTokens user;
        private boolean answered;

        private Sent(PodView endpoint, UserTokens user) {
            this.endpoint = endpoint;
            this.user = user;
        }
    }

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final VtcSettings settings;
    private final RunningReports reports;
    private final Least least;
    private final Map<String, PodOrder> orders = new HashMap<>();
    private final Map<String, ModelUsers> models = new HashMap<>();
    private final IdentityHashMap<RoutingContext, Sent> sent = new IdentityHashMap<>();
    private final RouterEnvironment.Counter withoutUser;
    private final RouterEnvironment.Counter withoutReport;
    private final RouterEnvironment.Counter withoutUsage;
    private final RouterEnvironment.Counter forgotten;

    VtcRouter(RouterEnvironment environment, VtcSettings settings) {
        this.environment = environment;
        this.settings = settings;
        load = environment.load();
        reports = new RunningReports(load);
        least = new Least(environment.random());
        withoutUser = environment.counter("substituted_" + NO_USER);
        withoutReport = environment.counter("substituted_" + IN_FLIGHT);
        withoutUsage = environment.counter("substituted_" + ESTIMATED_USAGE);
        forgotten = environment.counter("users_forgotten");
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        String user = user(context);
        least.begin(Double.POSITIVE_INFINITY);
        if (user == null) {
            for (int i = 0; i < candidates.size(); i++) {
                least.offer(i, load.inFlight(candidates.get(i)));
            }
            context.select(candidates.get(least.draw()));
        } else {
            PodOrder order = order(context);
            walkFrom(place(context, user, order.size()), order);
            context.select(order.pod(least.draw()));
        }
    }

    /**
     * Away from the user's place, either way, until a pod costs more by its distance alone than the best one does: what
     * lies beyond it cannot be chosen, and need not be looked at.
     */
    private void walkFrom(double place, PodOrder order) {
        long now = environment.nanoTime();
        int first = (int) place;
        for (int i = first; i >= 0 && distance(i, place) <= least.cost(); i--) {
            least.offer(i, distance(i, place) + utilization(order.pod(i), now));
        }
        for (int i = first + 1; i < order.size() && distance(i, place) <= least.cost(); i++) {
            least.offer(i, distance(i, place) + utilization(order.pod(i), now));
        }
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
        PodOrder order = order(context);
        double place = place(context, user, order.size());
        long now = environment.nanoTime();
        for (int i = 0; i < candidates.size(); i++) {
            into[i] = distance(order.place(i), place) + utilization(candidates.get(i), now);
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

    private PodOrder order(RoutingContext context) {
        Candidates candidates = context.candidates();
        String model = context.request().model();
        PodOrder order = orders.get(model);
        if (order == null || !order.isOf(candidates)) {
            order = new PodOrder(candidates);
            orders.put(model, order);
        }
        return order;
    }

    private double distance(int from, double place) {
        return settings.fairnessWeight() * Math.abs(from - place);
    }

    /** The report alone would be a second old: what was sent since then counts, too. Never negative. */
    private double utilization(PodView pod, long now) {
        double running = reports.of(pod, now);
        int inFlight = load.inFlight(pod);
        return settings.utilizationWeight()
                * Math.min((running > inFlight ? running : inFlight) / settings.maxPodLoad(), 1);
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
        UserTokens of = users.reserve(user, guessed(context), environment.nanoTime());
        sent.put(context, new Sent(plan.endpoint(), of));
        if (users.makeRoom() != null) {
            forgotten.increment();
        }
    }

    private void tell(RoutingContext context, @Nullable String user, PodView pod) {
        if (user == null) {
            withoutUser.increment();
            context.note(STRATEGY + "=" + NO_USER);
        } else if (Double.isNaN(reports.of(pod, environment.nanoTime()))) {
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
            Estimate counted = Estimate.of(context).correctedBy(usage);
            used = settings.tokens().of(counted.input(), counted.output());
            if (!usage.known()) {
                withoutUsage.increment();
            }
        }
        ModelUsers users = models.get(context.request().model());
        if (users != null) {
            users.settle(request.user, guessed(context), used, environment.nanoTime());
        }
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        models.keySet().removeIf(model -> snapshot.model(model) == null);
        orders.clear();
        reports.forget(environment.nanoTime());
    }

    private double guessed(RoutingContext context) {
        long prompt = context.promptTokens();
        return settings.tokens().of(prompt, Estimate.output(prompt, context.request().maxTokens()));
    }

    private static @Nullable String user(RoutingContext context) {
        String user = context.request().user();
        return user == null || user.isEmpty() ? null : user;
    }
}
