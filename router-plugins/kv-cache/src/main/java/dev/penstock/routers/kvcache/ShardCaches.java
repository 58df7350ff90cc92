package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixIndex;
import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What one shard knows of the KV caches of its pods and of the prompts that are on their way to them. Kept by
 * {@code prefix-match}, which hears of every choice, whichever strategy made it; the other strategies read it. Confined
 * to the thread that holds the shard.
 */
final class ShardCaches {

    // Looks for what was expected for too long, in that time.
    private static final int LOOKS = 8;

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final RouterEnvironment.Counter noPrefix;
    private final RouterEnvironment.Counter capacityAssumed;
    private final RouterEnvironment.Level indexBlocks;
    private final RouterEnvironment.Level indexBytes;
    private final Prompts prompts;
    private final PrefixIndex index;
    private final double assumedCapacityTokens;
    private final long expectedNanos;
    private final WorkColumns work;
    private final FleetWork fleet;
    private final EngineViews views;
    private final PromptSize size = new PromptSize();
    private final PrefixMatch believed = new PrefixMatch();
    private final PrefixMatch told = new PrefixMatch();
    private PrefixMatch match = believed;
    private @Nullable RoutingContext matchedFor;
    private int matchedAt;
    private int toldAt;
    private long uncachedOfLast;
    private long nextExpiryNanos = Long.MAX_VALUE;

    ShardCaches(RouterEnvironment environment) {
        this.environment = environment;
        load = environment.load();
        noPrefix = environment.counter("no_prefix");
        capacityAssumed = environment.counter("capacity_assumed");
        indexBlocks = environment.level("index_blocks");
        indexBytes = environment.level("index_bytes");
        prompts = new Prompts(environment.decimal(PrefixMatchProvider.BYTES_PER_TOKEN));
        views = new EngineViews(environment);
        index = new PrefixIndex(environment.integer(PrefixMatchProvider.INDEX_BYTES));
        assumedCapacityTokens = environment.integer(PrefixMatchProvider.CAPACITY_TOKENS);
        double assumedRate = environment.decimal(PrefixMatchProvider.PREFILL_RATE);
        if (!(assumedRate > 0)) {
            throw new IllegalArgumentException(PrefixMatchProvider.PREFILL_RATE + ": " + assumedRate
                    + " (expected: more than 0)");
        }
        work = new WorkColumns(assumedRate);
        fleet = new FleetWork(work);
        expectedNanos = environment.integer(PrefixMatchProvider.UNCONFIRMED);
    }

    /**
     * What the shard of an environment knows, lent by its {@code prefix-match}.
     *
     * @throws IllegalStateException where that strategy is not there: then the fallback decides
     */
    static ShardCaches of(RouterEnvironment environment) {
        Scorer lender = environment.scorer(PrefixMatchProvider.NAME);
        if (lender instanceof PrefixMatchRouter router) {
            return router.caches();
        }
        throw new IllegalStateException("no strategy " + PrefixMatchProvider.NAME + " of this plugin in the shard");
    }

    // ---- for those who choose

    /** Sizes of prompts. */
    Prompts prompts() {
        return prompts;
    }

    /** Size of a prompt; not to be kept beyond the call of the router. */
    PromptSize size(RoutingRequest prompt) {
        return prompts.size(prompt, size);
    }

    /** The index of blocks. */
    PrefixIndex index() {
        return index;
    }

    /** What engines tell of their caches. */
    EngineViews views() {
        return views;
    }

    /** How much of a prompt is where; not to be kept beyond the call of the router. */
    PrefixMatch match(RoutingContext context) {
        if (matchedFor != context || matchedAt != index.changes() || toldAt != views.changes()) {
            index.match(context.request().prefixHashes(), believed);
            match = views.answers(context) && views.look(context, index, believed, told) ? told : believed;
            matchedFor = context;
            matchedAt = index.changes();
            toldAt = views.changes();
        }
        return match;
    }

    /** Uncached tokens of the prompt that was sent last: for those that hear of it after the index has taken it in. */
    long uncachedOfLast() {
        return uncachedOfLast;
    }

    /** What is on its way to pods, by the rows of candidates. */
    WorkColumns work() {
        return work;
    }

    /** Slots of candidates, and their rows of what is on its way; not to be kept beyond the call of the router. */
    CandidateRows rows(Candidates candidates) {
        return fleet.rows(candidates);
    }

    /** The row of one pod. */
    int row(PodView pod) {
        return fleet.row(pod);
    }

    // ---- for the one who keeps it

    void chosen(RoutingContext context, PodView pod) {
        RoutingRequest request = context.request();
        long[] hashes = request.prefixHashes();
        if (hashes.length == 0) {
            noPrefix.increment();
        }
        long now = environment.nanoTime();
        PodWork sentTo = admit(pod);
        // Before the match: a smaller cache evicts, and what was matched does not hold then.
        index.capacity(pod.slot(), capacityBlocks(pod));
        uncachedOfLast = size(request).uncached(match(context).blocks(pod.slot()));
        sentTo.sent(context, prompts.tokens(request), uncachedOfLast, now);
        take(pod.slot(), hashes, now);
    }

    private void take(int slot, long[] hashes, long now) {
        index.use(slot, hashes, believed, now);
        matchedFor = null;
        indexBlocks.set(index.size());
        indexBytes.set(index.bytes());
        if (index.wantsRoom()) {
            environment.wakeAt(now);
        }
        if (nextExpiryNanos == Long.MAX_VALUE && expectedNanos > 0) {
            nextExpiryNanos = now + expectedNanos;
            environment.wakeAt(nextExpiryNanos);
        }
    }

    /** The shard's own thread is here, and no event loop waits for it. */
    void woken() {
        if (index.wantsRoom()) {
            index.makeRoom();
        }
        long now = environment.nanoTime();
        if (nextExpiryNanos != Long.MAX_VALUE && now >= nextExpiryNanos) {
            long next = index.expire(now, expectedNanos);
            nextExpiryNanos = next == Long.MAX_VALUE ? next : Math.max(next, now + expectedNanos / LOOKS);
        }
        if (nextExpiryNanos != Long.MAX_VALUE) {
            environment.wakeAt(nextExpiryNanos);
        }
    }

    /** A replica has sent a prompt to a pod. */
    void sentElsewhere(KvEvent.Expected prompt) {
        PodView pod = prompt.endpoint();
        if (fleet.replaced(pod)) {
            return;
        }
        int slot = pod.slot();
        long[] hashes = prompt.prefixHashes();
        index.match(hashes, believed);
        matchedFor = null;
        long now = environment.nanoTime();
        PodWork sentTo = admit(pod);
        work.forgetElsewhere(sentTo.row(), now);
        if (prompt.promptTokens() > 0) {
            long cached = (long) (believed.blocks(slot) * prompts.blockTokens());
            sentTo.sentElsewhere(Math.max(1, prompt.promptTokens() - cached), now);
        }
        index.capacity(slot, capacityBlocks(pod));
        index.match(hashes, believed);
        take(slot, hashes, now);
    }

    void firstByte(RoutingContext context, PodView pod) {
        PodWork known = fleet.of(pod);
        if (known != null) {
            known.firstByte(context, environment.nanoTime());
            confirm(context, pod);
        }
    }

    void ended(RoutingContext context, PodView pod, Usage usage) {
        PodWork known = fleet.of(pod);
        if (known != null) {
            known.ended(context, prompts.tokens(context.request()));
            if (usage.known()) {
                confirm(context, pod);
            } else {
                index.withdraw(pod.slot(), context.request().prefixHashes());
            }
        }
    }

    private void confirm(RoutingContext context, PodView pod) {
        index.confirm(pod.slot(), context.request().prefixHashes(), believed, environment.nanoTime());
        matchedFor = null;
    }

    void podRemoved(PodView pod) {
        views.podRemoved(pod);
        if (fleet.of(pod) != null) {
            forget(pod.slot());
        }
    }

    /** Blocks of ours that the cache of a pod holds: by its engine's metrics, else by the setting. */
    private int capacityBlocks(PodView pod) {
        double tokens = load.gauge(pod, Gauge.KV_BLOCKS) * load.gauge(pod, Gauge.KV_BLOCK_TOKENS);
        if (!(tokens > 0)) {
            int known = index.capacity(pod.slot());
            if (known > 0) {
                // Metrics that fail for a while do not change what the pod has.
                return known;
            }
            capacityAssumed.increment();
            tokens = assumedCapacityTokens;
        }
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, tokens / prompts.blockTokens()));
    }

    private PodWork admit(PodView pod) {
        PodWork known = fleet.of(pod);
        if (known != null) {
            return known;
        }
        forget(pod.slot());
        return fleet.admit(pod);
    }

    private void forget(int slot) {
        fleet.forget(slot);
        index.drop(slot);
    }
}
