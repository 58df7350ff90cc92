package dev.penstock.core.engine;

import dev.penstock.core.port.Figures;
import dev.penstock.core.port.Health;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;

/**
 * Carries a plan over from what a router said to what is counted: one leg for each endpoint that it names, all of them
 * in one step. Confined to the thread that holds the shard.
 */
final class Legs {

    private final EngineContext context;
    private final LoadEstimates estimates;

    Legs(EngineContext context, LoadEstimates estimates) {
        this.context = context;
        this.estimates = estimates;
    }

    /** Whether all endpoints of a plan may be chosen. */
    static boolean among(Candidates candidates, Plan plan) {
        return candidates.contains(plan.endpoint())
                && (!(plan instanceof Plan.PrefillDecode pair) || candidates.contains(pair.prefill()));
    }

    /**
     * Counts a plan in flight, and hands it to its attempt.
     *
     * @param fleet the fleet as it is now: what the router was shown may be older
     * @param observed whether routers want to hear what becomes of it
     */
    void reserve(RoutingAttempt attempt, Plan plan, Snapshot fleet, boolean observed) {
        switch (plan) {
            case Plan.Single(PodView chosen) -> {
                PodView endpoint = current(chosen, fleet);
                Plan now = endpoint == chosen ? plan : new Plan.Single(endpoint);
                attempt.reserve(now, null, take(endpoint, attempt.promptTokens(), estimates.load(attempt, endpoint)),
                        observed);
                tellSent(attempt, endpoint);
            }
            case Plan.PrefillDecode(PodView first, PodView second, String connector) -> {
                PodView prefill = current(first, fleet);
                PodView decode = current(second, fleet);
                Reservation prompt = take(prefill, attempt.promptTokens(), estimates.prefillLoad(attempt, prefill));
                // The prompt is not computed there: none of its tokens wait.
                Reservation answer = take(decode, 0, estimates.load(attempt, decode));
                attempt.reserve(new Plan.PrefillDecode(prefill, decode, connector), prompt, answer, observed);
                tellSent(attempt, prefill);
            }
        }
    }

    private static PodView current(PodView endpoint, Snapshot fleet) {
        PodView now = fleet.endpoint(endpoint.slot());
        return now == null ? endpoint : now;
    }

    private Reservation take(PodView endpoint, long promptTokens, long load) {
        Figures figures = context.figures();
        Health health = context.health();
        int probe = health.quiet() ? Health.NO_PROBE : health.takeProbe(endpoint);
        return Reservation.take(figures, endpoint, promptTokens, load, probe);
    }

    private void tellSent(RoutingAttempt attempt, PodView endpoint) {
        long[] hashes = attempt.request().prefixHashes();
        if (hashes.length > 0) {
            context.listeners().prompts().sent(endpoint, hashes, attempt.promptTokens());
        }
    }
}
