package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixIndex;
import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;

/** What it costs to prefill again what a prompt evicts at each of its candidates. Confined to one thread. */
final class EvictionCosts {

    private final RouterEnvironment environment;
    private final ShardCaches caches;
    private final WorkColumns work;
    private final PrefixIndex index;
    private final double weight;
    // Of the prompt that is decided.
    private CandidateRows pods = new CandidateRows();
    private PrefixMatch match = new PrefixMatch();
    private int blocks;
    private long now;
    private double scaleSeconds;

    /**
     * Costs at a price.
     *
     * @param weight what an evicted token costs that was just used, in tokens that wait; 0 for nothing
     */
    EvictionCosts(RouterEnvironment environment, ShardCaches caches, double weight) {
        this.environment = environment;
        this.caches = caches;
        this.weight = weight;
        work = caches.work();
        index = caches.index();
    }

    /**
     * Another prompt is decided; what is asked until the next one is of it.
     *
     * @return whether it evicts anything anywhere
     */
    boolean begin(RoutingContext context, CandidateRows candidates) {
        pods = candidates;
        match = caches.match(context);
        blocks = context.request().prefixHashes().length;
        now = environment.nanoTime();
        if (weight == 0 || leastRoom() >= blocks) {
            return false;
        }
        scaleSeconds = oldestAgeNanos() / 1e9;
        return scaleSeconds > 0;
    }

    private int leastRoom() {
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < pods.size(); i++) {
            least = Math.min(least, index.room(pods.slot(i)));
        }
        return least;
    }

    /** Age of the oldest block in the views of the candidates. */
    private long oldestAgeNanos() {
        long age = 0;
        for (int i = 0; i < pods.size(); i++) {
            age = Math.max(age, index.oldestAgeNanos(pods.slot(i), now));
        }
        return age;
    }

    /**
     * Seconds that it takes to prefill again what a candidate evicts, at their price; where anybody evicts anything.
     *
     * @param enoughSeconds the answer need not be right beyond this
     */
    double at(int candidate, double enoughSeconds) {
        int slot = pods.slot(candidate);
        int added = blocks - match.blocks(slot);
        return added <= index.room(slot) ? 0 : price(candidate, slot, added, enoughSeconds);
    }

    private double price(int candidate, int slot, int added, double enoughSeconds) {
        double secondsPerBlock = weight * caches.prompts().blockTokens() / work.tokensPerSecond(pods.row(candidate));
        return secondsPerBlock
                * index.evictionPrice(slot, added, now, scaleSeconds, enoughSeconds / secondsPerBlock);
    }
}
