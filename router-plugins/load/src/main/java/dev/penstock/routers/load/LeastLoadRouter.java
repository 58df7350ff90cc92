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
 * The fewest seconds of prefill that wait at a pod, and what its KV cache weighs: what its engine reported, and what
 * was sent there since then, so that no pod drowns between two reports.
 */
final class LeastLoadRouter implements Scorer {

    static final String STRATEGY = "least-load";
    static final String KV_WEIGHT = "kv-weight";
    static final String PREFILL_RATE = "prefill-rate";
    static final String PROMPT_TOKENS = "prompt-tokens";

    private static final String IN_FLIGHT = "in_flight";
    private static final String PENDING_TOKENS = "pending_tokens";
    private static final String ASSUMED_RATE = "prefill_rate";

    private final PodLoad load;
    private final SentTokens sent;
    private final Columns<Queues> columns;
    private final Substitutes substitutes;
    private final Least least;
    private final long promptTokens;
    private double[] scores = {};

    LeastLoadRouter(RouterEnvironment environment) {
        load = environment.load();
        promptTokens = environment.integer(PROMPT_TOKENS);
        double prefillRate = environment.decimal(PREFILL_RATE);
        double kvWeight = environment.decimal(KV_WEIGHT);
        if (promptTokens < 1 || !(prefillRate > 0) || kvWeight < 0) {
            throw new IllegalArgumentException(PROMPT_TOKENS + ": " + promptTokens + " (expected: 1 or more), "
                    + PREFILL_RATE + ": " + prefillRate + " (expected: more than 0), " + KV_WEIGHT + ": " + kvWeight
                    + " (expected: 0 or more)");
        }
        sent = new SentTokens();
        columns = new Columns<>(environment, model -> new Queues(environment.load(), sent,
                new Queues.Assumed(promptTokens, prefillRate, kvWeight)));
        substitutes = new Substitutes(environment, STRATEGY, List.of(IN_FLIGHT, PENDING_TOKENS, ASSUMED_RATE));
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
        Queues queues = columns.of(context);
        Candidates candidates = context.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            int slot = pod.slot();
            double tokens = switch (queues.known(slot)) {
                case QUEUE -> queues.tokens(slot) + sent.since(slot);
                case KV_ALONE -> load.pendingTokens(pod);
                case NOTHING -> (double) load.inFlight(pod) * promptTokens;
            };
            into[i] = tokens * queues.secondsPerToken(slot) + queues.kvSeconds(slot);
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        PodView pod = plan.endpoint();
        long tokens = context.promptTokens();
        sent.add(pod, tokens > 0 ? tokens : promptTokens);
        if (context.strategies().contains(STRATEGY)) {
            Queues queues = columns.of(context);
            switch (queues.known(pod.slot())) {
                case QUEUE -> {
                    if (!queues.tellSpeed()) {
                        substitutes.tell(context, ASSUMED_RATE);
                    }
                }
                case KV_ALONE -> substitutes.tell(context, PENDING_TOKENS);
                case NOTHING -> substitutes.tell(context, IN_FLIGHT);
            }
        }
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        columns.retain(snapshot);
    }
}
