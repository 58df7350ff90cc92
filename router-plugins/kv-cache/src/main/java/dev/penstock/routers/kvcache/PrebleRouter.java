package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Preble's rule as AIBrix has it. Where the candidates differ by more than {@code imbalance-requests} in flight, only
 * those with the fewest are asked. Where more than half of the prompt is cached somewhere among them, exploit: of the
 * pods that hold the most of it, the one that got the fewest requests within {@code sliding-window}. Else explore: the
 * least cost, which is what the requests of the window cost there (prefill of what was not cached, and an answer of
 * {@code decoding-length} tokens) and what the prefill of this prompt would. Ties at random. As a scorer, the cost.
 */
final class PrebleRouter implements Scorer {

    private final RouterEnvironment environment;
    private final ShardCaches caches;
    private final Choice choice;
    private final InFlight inFlight = new InFlight();
    private final PrebleCosts costs;
    private final long imbalance;
    private final long windowNanos;
    private final double decodeSeconds;
    private @Nullable SlidingLoad[] loads = {};

    PrebleRouter(RouterEnvironment environment) {
        this.environment = environment;
        caches = ShardCaches.of(environment);
        choice = new Choice(environment.random());
        costs = PrebleCosts.of(environment.text(PrebleProvider.GPU));
        imbalance = environment.integer(PrebleProvider.IMBALANCE);
        windowNanos = environment.integer(PrebleProvider.WINDOW);
        decodeSeconds = PrebleCosts.decodeSeconds(environment.integer(PrebleProvider.DECODING));
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        inFlight.read(candidates, environment.load());
        int most = inFlight.most() - inFlight.least() > imbalance ? inFlight.least() : inFlight.most();
        PrefixMatch match = caches.match(context);
        int deepest = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (inFlight.of(i) <= most) {
                deepest = Math.max(deepest, match.blocks(candidates.get(i).slot()));
            }
        }
        boolean exploit = 2L * deepest > context.request().prefixHashes().length;
        long now = environment.nanoTime();
        choice.begin();
        for (int i = 0; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            if (inFlight.of(i) <= most && !(exploit && match.blocks(pod.slot()) < deepest)) {
                choice.offer(i, exploit ? load(pod).requests(now) : cost(context, pod, now));
            }
        }
        context.select(candidates.get(choice.index()));
    }

    @Override
    public void score(RoutingContext context, double[] scores) {
        Candidates candidates = context.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            scores[i] = cost(context, candidates.get(i), environment.nanoTime());
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        long prompt = caches.prompts().tokens(context.request());
        load(plan.endpoint()).add(environment.nanoTime(),
                costs.prefillSeconds(caches.uncachedOfLast(), prompt) + decodeSeconds);
    }

    @Override
    public void podRemoved(PodView endpoint) {
        if (endpoint.slot() < loads.length) {
            loads[endpoint.slot()] = null;
        }
    }

    private double cost(RoutingContext context, PodView pod, long now) {
        long prompt = caches.prompts().tokens(context.request());
        return load(pod).cost(now) + costs.prefillSeconds(caches.uncached(context, pod), prompt);
    }

    private SlidingLoad load(PodView pod) {
        int slot = pod.slot();
        if (slot >= loads.length) {
            loads = Arrays.copyOf(loads, Math.max(slot + 1, 2 * loads.length));
        }
        SlidingLoad known = loads[slot];
        if (known == null) {
            known = new SlidingLoad(windowNanos);
            loads[slot] = known;
        }
        return known;
    }
}
