package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import java.util.random.RandomGenerator;

/**
 * llm-d's rule. A pod that holds at least {@code affinity-share} of the prompt draws it, unless it is saturated: more
 * than {@code saturation-tokens} uncached tokens without first token there, or a first token that is expected more than
 * {@code max-ttft-penalty} later than at the quickest pod. Among the pods that draw, or among all where none does, the
 * least uncached tokens decide, those that wait there and those of the prompt; ties at random. A share
 * {@code exploration} of the requests is not drawn.
 */
final class StickyRouter implements Router {

    private final RouterEnvironment environment;
    private final RandomGenerator random;
    private final ShardCaches caches;
    private final WorkColumns work;
    private final Choice choice;
    private final double affinity;
    private final long saturation;
    private final double penaltySeconds;
    private final double exploration;
    private final RouterEnvironment.Counter released;
    // Of the prompt that is decided.
    private double[] tokens = {};
    private double least;

    StickyRouter(RouterEnvironment environment) {
        this.environment = environment;
        random = environment.random();
        caches = ShardCaches.of(environment);
        work = caches.work();
        choice = new Choice(random);
        affinity = environment.decimal(StickyProvider.AFFINITY);
        saturation = environment.integer(StickyProvider.SATURATION);
        penaltySeconds = environment.integer(StickyProvider.PENALTY) / 1e9;
        exploration = environment.decimal(StickyProvider.EXPLORATION);
        released = environment.counter("released");
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        CandidateRows pods = caches.rows(candidates);
        PrefixMatch match = caches.match(context);
        read(context, pods, match);
        int quickest = -1;
        if (match.most() > 0 && (exploration == 0 || random.nextDouble() >= exploration)) {
            quickest = drawn(context, pods, match);
        }
        context.select(candidates.get(quickest < 0 ? choice.of(tokens, pods.size()) : quickest));
    }

    /** Uncached tokens at each candidate: those that wait there and those of the prompt. */
    private void read(RoutingContext context, CandidateRows pods, PrefixMatch match) {
        if (tokens.length < pods.size()) {
            tokens = new double[pods.size()];
        }
        PromptSize prompt = caches.size(context.request());
        long now = environment.nanoTime();
        least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < pods.size(); i++) {
            tokens[i] = (double) work.pendingTokens(pods.row(i), now) + prompt.uncached(match.blocks(pods.slot(i)));
            if (tokens[i] < least) {
                least = tokens[i];
            }
        }
    }

    private int drawn(RoutingContext context, CandidateRows pods, PrefixMatch match) {
        double wanted = Math.max(1, affinity * context.request().prefixHashes().length);
        boolean saturated = false;
        choice.begin();
        for (int i = 0; i < pods.size(); i++) {
            if (match.blocks(pods.slot(i)) >= wanted) {
                int row = pods.row(i);
                double later = (tokens[i] - least) / work.tokensPerSecond(row);
                if (work.pendingTokens[row] > saturation || later > penaltySeconds) {
                    saturated = true;
                } else {
                    choice.offer(i, tokens[i]);
                }
            }
        }
        int drawn = choice.draw();
        if (saturated && drawn < 0) {
            released.increment();
        }
        return drawn;
    }
}
