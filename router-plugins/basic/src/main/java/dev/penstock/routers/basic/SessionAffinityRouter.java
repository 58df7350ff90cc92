package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Scorer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a session go to one endpoint: to the one that {@code x-session-id} names, else to the one that the
 * session key falls to, else to a random one. The answer's {@code x-session-id} names the endpoint, whoever chose it.
 */
final class SessionAffinityRouter implements Scorer {

    static final String STRATEGY = "session-affinity";

    private static final String SESSION_ID = "x-session-id";
    private static final int NONE = -1;

    private final SessionIds sessionIds = new SessionIds();
    private final Rendezvous rendezvous = new Rendezvous();
    private final RandomGenerator random;

    SessionAffinityRouter(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        int bound = bound(context);
        context.select(candidates.get(bound == NONE ? random.nextInt(candidates.size()) : bound));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        int size = context.candidates().size();
        int bound = bound(context);
        for (int i = 0; i < size; i++) {
            scores[i] = i == bound ? 1 : 0;
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.MOST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        if (context.strategies().contains(STRATEGY)) {
            context.responseHeader(SESSION_ID, sessionIds.of(plan.endpoint()));
        }
    }

    @Override
    public void podRemoved(PodView endpoint) {
        sessionIds.forget(endpoint);
        rendezvous.forgetCandidates();
    }

    /** Index of the candidate that the request is bound to, or {@link #NONE}. */
    private int bound(RoutingContext context) {
        RoutingRequest request = context.request();
        int named = named(context.candidates(), request.sessionId());
        if (named != NONE) {
            return named;
        }
        String key = request.sessionKey();
        return key == null || !Rendezvous.usable(key) ? NONE : rendezvous.winner(key, context.candidates());
    }

    private static int named(Candidates candidates, @Nullable String sessionId) {
        String address = sessionId == null ? null : SessionIds.address(sessionId);
        if (address == null) {
            return NONE;
        }
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).address().equals(address)) {
                return i;
            }
        }
        return NONE;
    }
}
