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
 * A new session goes to the pod with the fewest sessions, and stays with the pod that served it last until it was idle
 * for some time. Where it cannot be served there, it moves for good: the new pod has its cache from then on.
 */
final class StickySessionRouter implements Scorer {

    static final String STRATEGY = "sticky-session";
    static final String TTL = "ttl";
    static final String MAX_SESSIONS = "max-sessions";

    private static final String IN_FLIGHT = "in_flight";

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final Least least;
    private final Substitutes substitutes;
    private final AddressDraws draws = new AddressDraws();
    private final Sessions sessions;

    StickySessionRouter(RouterEnvironment environment) {
        this.environment = environment;
        load = environment.load();
        least = new Least(environment.random());
        substitutes = new Substitutes(environment, STRATEGY, List.of(IN_FLIGHT));
        long ttlNanos = environment.integer(TTL);
        if (ttlNanos < 1) {
            throw new IllegalArgumentException(TTL + ": " + ttlNanos + "ns (expected: more than 0s)");
        }
        long most = environment.integer(MAX_SESSIONS);
        if (most < 1 || most > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(MAX_SESSIONS + ": " + most + " (expected: 1 to " + Integer.MAX_VALUE
                    + ")");
        }
        sessions = new Sessions(ttlNanos, (int) most);
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        long session = RequestKey.ofSession(context.request());
        if (session == RequestKey.NONE) {
            context.select(candidates.get(least.inFlight(candidates, load)));
            return;
        }
        int bound = sessions.indexIn(candidates, session, environment.nanoTime());
        context.select(candidates.get(bound < 0 ? fewest(candidates, session) : bound));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        long session = RequestKey.ofSession(context.request());
        int bound = session == RequestKey.NONE ? -1
                : sessions.indexIn(candidates, session, environment.nanoTime());
        if (bound < 0) {
            return;
        }
        for (int i = 0; i < candidates.size(); i++) {
            scores[i] = i == bound ? 1 : 0;
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.MOST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        if (!context.strategies().contains(STRATEGY)) {
            return;
        }
        long session = RequestKey.ofSession(context.request());
        if (session == RequestKey.NONE) {
            substitutes.tell(context, IN_FLIGHT);
        } else {
            sessions.used(session, plan.endpoint(), environment.nanoTime());
        }
    }

    /** Of the pods with the fewest sessions, the one that proxies agree on. */
    private int fewest(Candidates candidates, long session) {
        int best = 0;
        for (int i = 1; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            PodView leader = candidates.get(best);
            int fewer = Integer.compare(sessions.at(leader), sessions.at(pod));
            int higher = Long.compareUnsigned(draws.draw(session, pod), draws.draw(session, leader));
            if (fewer > 0 || (fewer == 0 && higher > 0)) {
                best = i;
            }
        }
        return best;
    }
}
