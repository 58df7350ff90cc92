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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one shard knows of the KV caches of its pods and of the prompts that are on their way to them. Kept by
 * {@code prefix-match}, which hears of every choice, whichever strategy made it; the other strategies read it. Confined
 * to the thread that holds the shard.
 */
final class ShardCaches {

    // Seconds of samples of a pod's own that weigh as much as what is known of all pods.
    private static final double OWN_RATE_WEIGHT_SECONDS = 20;
    private static final double ASSUMED_RATE_WEIGHT_SECONDS = 2;
    // A pod that is not faster or slower by so much is like the others: what was learned of it alone is noise, and
    // would outweigh what else tells pods apart when nothing waits.
    private static final double OTHER_SPEED = 1.25;
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
    private final double assumedRate;
    private final long expectedNanos;
    private final PrefillRate rate = new PrefillRate();
    private final EngineViews views;
    private final PrefixMatch believed = new PrefixMatch();
    private final PrefixMatch told = new PrefixMatch();
    private PrefixMatch match = believed;
    private @Nullable RoutingContext matchedFor;
    private int matchedAt;
    private int toldAt;
    private @Nullable PodWork[] work = {};
    private int[] generations = {};
    private int pending;
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
        assumedRate = environment.decimal(PrefixMatchProvider.PREFILL_RATE);
        if (!(assumedRate > 0)) {
            throw new IllegalArgumentException(PrefixMatchProvider.PREFILL_RATE + ": " + assumedRate
                    + " (expected: more than 0)");
        }
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

    /** Tokens of a prompt that a pod would have to prefill. */
    long uncached(RoutingContext context, PodView pod) {
        return prompts.uncached(context.request(), match(context).blocks(pod.slot()));
    }

    /** Uncached tokens of the prompt that was sent last: for those that hear of it after the index has taken it in. */
    long uncachedOfLast() {
        return uncachedOfLast;
    }

    /** What is on its way to a pod; null where nothing ever was. */
    @Nullable PodWork work(PodView pod) {
        int slot = pod.slot();
        return slot < work.length && generations[slot] == pod.generation() ? work[slot] : null;
    }

    /** Prompts that are not prefilled yet, at all pods. */
    int pending() {
        return pending;
    }

    /** Uncached tokens on their way to a pod that have no first byte yet. */
    long pendingTokens(PodView pod) {
        PodWork known = work(pod);
        if (known == null) {
            return 0;
        }
        forgetElsewhere(known, pod);
        return known.pendingTokens();
    }

    /** Uncached tokens a second that a pod prefills, as far as that is known. */
    double tokensPerSecond(PodView pod) {
        PodWork known = work(pod);
        double common = rate.perSecond(assumedRate, ASSUMED_RATE_WEIGHT_SECONDS);
        if (known == null) {
            return common;
        }
        double own = known.rate().perSecond(common, OWN_RATE_WEIGHT_SECONDS);
        return own > common * OTHER_SPEED || own * OTHER_SPEED < common ? own : common;
    }

    /** Age of the oldest block in the views of the candidates, in seconds; 0 where there are no blocks. */
    double oldestAgeSeconds(Candidates candidates) {
        long now = environment.nanoTime();
        double age = 0;
        for (int i = 0; i < candidates.size(); i++) {
            age = Math.max(age, index.oldestAgeSeconds(candidates.get(i).slot(), now));
        }
        return age;
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
        uncachedOfLast = prompts.uncached(request, match(context).blocks(pod.slot()));
        sentTo.sent(context, prompts.tokens(request), uncachedOfLast, now);
        pending++;
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
        int slot = pod.slot();
        if (slot < work.length && work[slot] != null && generations[slot] - pod.generation() > 0) {
            // Of a pod that has left, while another one has its slot already.
            return;
        }
        long[] hashes = prompt.prefixHashes();
        index.match(hashes, believed);
        matchedFor = null;
        long now = environment.nanoTime();
        PodWork sentTo = admit(pod);
        forgetElsewhere(sentTo, pod);
        if (prompt.promptTokens() > 0) {
            long cached = (long) (believed.blocks(slot) * prompts.blockTokens());
            sentTo.sentElsewhere(Math.max(1, prompt.promptTokens() - cached), now);
            pending++;
        }
        index.capacity(slot, capacityBlocks(pod));
        index.match(hashes, believed);
        take(slot, hashes, now);
    }

    private void forgetElsewhere(PodWork known, PodView pod) {
        int before = known.pending();
        known.forgetElsewhere(environment.nanoTime(), tokensPerSecond(pod));
        pending += known.pending() - before;
    }

    void firstByte(RoutingContext context, PodView pod) {
        PodWork known = work(pod);
        if (known != null) {
            int before = known.pending();
            known.firstByte(context, environment.nanoTime(), rate);
            pending += known.pending() - before;
            confirm(context, pod);
        }
    }

    void ended(RoutingContext context, PodView pod, Usage usage) {
        PodWork known = work(pod);
        if (known != null) {
            int before = known.pending();
            known.ended(context, prompts.tokens(context.request()));
            pending += known.pending() - before;
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
        if (work(pod) != null) {
            forget(pod.slot());
        }
    }

    /** Uncached tokens that a pod has still to prefill, less what it must have done already. */
    double remainingTokens(PodView pod, double tokensPerSecond) {
        PodWork known = work(pod);
        if (known == null) {
            return 0;
        }
        int before = known.pending();
        double remaining = known.remaining(environment.nanoTime(), tokensPerSecond);
        pending += known.pending() - before;
        return remaining;
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
        int slot = pod.slot();
        if (slot >= work.length) {
            int length = Math.max(slot + 1, 2 * work.length);
            work = Arrays.copyOf(work, length);
            generations = Arrays.copyOf(generations, length);
        }
        PodWork known = work[slot];
        if (known != null && generations[slot] == pod.generation()) {
            return known;
        }
        forget(slot);
        PodWork made = new PodWork();
        work[slot] = made;
        generations[slot] = pod.generation();
        return made;
    }

    private void forget(int slot) {
        PodWork known = work[slot];
        if (known != null) {
            pending -= known.pending();
        }
        work[slot] = null;
        index.drop(slot);
    }
}
