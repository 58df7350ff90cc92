package dev.penstock.routers.kvcache.index;

/**
 * Which blocks of prompts are in the KV cache of which pod, as far as a router can know from where it sent them: for
 * each pod a view, an LRU as large as the pod's own cache. Blocks are known by chained hashes, each standing for all of
 * the prompt up to its end. Confined to one thread.
 *
 * <p>A view uses the blocks of a prompt from the last one to the first one. So a block is always younger than those
 * that continue it, the oldest block of a view continues into nothing that is still there, and a view that holds a
 * block holds all before it. That is how engines evict, and it makes matching cheap: the deepest match of any view, and
 * each depth at which views drop out, are found by bisection, whatever the length of the prompt.
 *
 * <p>Blocks that a prompt brings are expected only: they are forgotten when that prompt fails, or when nobody has
 * confirmed them in time. Confirmed are all blocks of a prompt of which an answer has begun.
 *
 * <p>Bounded in bytes: where an insertion would pass the bound, the oldest blocks of all views make room.
 */
public final class PrefixIndex {

    /** Nanoseconds of a tick, in which ages are kept, as a power of two: 17 ms, so that an age fits for a year. */
    private static final int TICK_SHIFT = 24;
    /** Seconds of a tick. */
    private static final double TICK_SECONDS = (1L << TICK_SHIFT) / 1e9;
    /** Bytes for one block of one pod, at most, once the index is at its bound. */
    static final int BYTES_PER_BLOCK =
            BlockNodes.NODE_BYTES + BlockTable.PLACE_BYTES * BlockTable.PLACES_PERCENT / 100;
    // Looking for the oldest view takes a look at each pod: so many blocks make room at once. And a view that turns out
    // to be too large shrinks by so many with each prompt, so that no prompt pays for all of it.
    private static final int EVICTED_AT_ONCE = 64;
    // Room that is made, and that is asked for, before it is needed.
    private static final int ROOM_AHEAD = 4096;

    private final int mostNodes;
    private final BlockTable table;
    private final BlockNodes nodes;
    private final ViewLists views;
    private final Matching matching;
    private int changes;

    /**
     * An empty index.
     *
     * @param mostBytes the most bytes that it may take
     * @throws IllegalArgumentException where that is not enough for a single block
     */
    public PrefixIndex(long mostBytes) {
        long most = (mostBytes - BlockTable.SPARE_BYTES) / BYTES_PER_BLOCK;
        if (most < 1) {
            throw new IllegalArgumentException("bytes of the index: " + mostBytes + " (expected: "
                    + (BlockTable.SPARE_BYTES + BYTES_PER_BLOCK) + " or more)");
        }
        mostNodes = (int) Math.min(most, Integer.MAX_VALUE / 2);
        int room = Math.min(mostNodes, 2 * ROOM_AHEAD);
        table = new BlockTable(room);
        nodes = new BlockNodes(room);
        views = new ViewLists(nodes);
        matching = new Matching(table, nodes);
    }

    /** Blocks in the views of all pods together. */
    public int size() {
        return nodes.size();
    }

    /** Bytes that its arrays take. */
    public long bytes() {
        return table.bytes() + nodes.bytes();
    }

    /** Whether there should be room for more blocks soon; until then the oldest ones give way where there is none. */
    public boolean wantsRoom() {
        return nodes.room() < mostNodes && nodes.room() - nodes.size() < ROOM_AHEAD;
    }

    /** Makes room for more blocks. Takes time, some 20 ms for a million of them: not for an event loop. */
    public void makeRoom() {
        grow(ROOM_AHEAD);
    }

    private void grow(int least) {
        int room = Growth.of(nodes.room(), least, mostNodes);
        table.grow(room);
        nodes.grow(room);
    }

    /** Another number after each change: what was matched before it does not hold any more. */
    public int changes() {
        return changes;
    }

    /** Blocks in the view of a pod. */
    public int size(int slot) {
        return views.size(slot);
    }

    /** Blocks that the view of a pod takes before it evicts; 0 for one that is not known. */
    public int capacity(int slot) {
        return views.capacity(slot);
    }

    /**
     * Says how large the cache of a pod is; what does not fit any more is evicted, some of it now, the rest when
     * prompts are sent to the pod.
     *
     * @param slot slot of the pod
     * @param blocks blocks that fit; at least 1
     */
    public void capacity(int slot, int blocks) {
        admit(slot);
        views.capacity(slot, Math.max(1, blocks));
        if (views.room(slot) < 0) {
            changes++;
        }
        for (int i = 0; i < EVICTED_AT_ONCE && views.room(slot) < 0; i++) {
            evict(slot, views.oldest(slot));
        }
    }

    /**
     * Finds how much of a prompt each view holds.
     *
     * @param hashes chained hashes of the blocks of the prompt
     * @param into where the answer goes
     */
    public void match(long[] hashes, PrefixMatch into) {
        into.begin(views.slots());
        matching.match(hashes, into);
    }

    /**
     * A prompt was sent to a pod: its blocks are the youngest of the pod's view now, the first one youngest of all.
     * Those that were not there are expected.
     *
     * @param slot slot of the pod
     * @param hashes chained hashes of the blocks of the prompt; those that the pod's cache cannot hold are left out
     * @param match what was found for these hashes, the index unchanged since
     * @param nowNanos the time
     */
    public void use(int slot, long[] hashes, PrefixMatch match, long nowNanos) {
        admit(slot);
        changes++;
        int tick = tick(nowNanos);
        int matched = Math.min(match.blocks(slot), hashes.length);
        int leaf = matched == 0 ? BlockNodes.NONE : match.leaf(slot);
        if (leaf != BlockNodes.NONE && matched < hashes.length) {
            branch(slot, leaf, tick);
        }
        renew(slot, leaf, matched, tick);
        int wanted = held(slot, hashes.length);
        int added = Math.max(0, wanted - matched);
        if ((added > ROOM_AHEAD || wanted > nodes.room()) && nodes.room() < mostNodes) {
            // A prompt this long is not taken in on an event loop anyhow.
            grow(added);
        }
        evictFor(slot, added, matched);
        int child = BlockNodes.NONE;
        for (int i = wanted - 1; i >= matched; i--) {
            int node = insert(slot, hashes[i], leaf, tick);
            adopt(node, child);
            child = node;
        }
        adopt(leaf, child);
    }

    /** Blocks of a prompt of some length that the view of a pod can hold. */
    private int held(int slot, int blocks) {
        return Math.min(Math.min(blocks, capacity(slot)), mostNodes);
    }

    private void adopt(int parent, int child) {
        if (child != BlockNodes.NONE) {
            nodes.parent[child] = parent;
            if (parent != BlockNodes.NONE) {
                nodes.children[parent]++;
            }
        }
    }

    /** Another prompt goes on from a node; those that did before it count less the longer that is ago. */
    private void branch(int slot, int leaf, int tick) {
        double scale = Math.max(1, tick - nodes.used[views.oldest(slot)]);
        double fade = Math.exp((nodes.used[leaf] - tick) / scale);
        nodes.branches[leaf] = (float) (nodes.branches[leaf] * fade + 1);
    }

    /** Makes the nodes of a prefix the youngest, from its leaf up. */
    private void renew(int slot, int leaf, int matched, int tick) {
        int node = leaf;
        for (int i = 0; i < matched && isOf(slot, node); i++) {
            views.remove(slot, node);
            nodes.used[node] = tick;
            views.add(slot, node, BlockNodes.NONE);
            node = nodes.parent[node];
        }
    }

    private boolean isOf(int slot, int node) {
        return node != BlockNodes.NONE && nodes.pod[node] == slot;
    }

    private int insert(int slot, long hash, int before, int tick) {
        int node = nodes.take();
        nodes.hash[node] = hash;
        nodes.pod[node] = (short) slot;
        nodes.used[node] = tick;
        nodes.parent[node] = BlockNodes.NONE;
        nodes.children[node] = 0;
        nodes.branches[node] = 0;
        nodes.expected[node] = true;
        nodes.nextHolder[node] = table.push(hash, node);
        views.add(slot, node, before);
        return node;
    }

    // ---- what becomes of prompts

    /**
     * The answer to a prompt has begun, so its blocks are there; those that were forgotten meanwhile are taken in
     * again.
     *
     * @param slot slot of the pod
     * @param hashes chained hashes of the blocks of the prompt
     * @param match where a match may be put; what was in it does not hold any more
     * @param nowNanos the time
     */
    public void confirm(int slot, long[] hashes, PrefixMatch match, long nowNanos) {
        if (hashes.length == 0 || capacity(slot) == 0) {
            return;
        }
        long last = hashes[held(slot, hashes.length) - 1];
        int leaf = find(slot, last);
        if (leaf == BlockNodes.NONE) {
            match(hashes, match);
            use(slot, hashes, match, nowNanos);
            leaf = find(slot, last);
        }
        // What continues an expected block is expected, too: above one that is known, all are.
        for (int node = leaf; isOf(slot, node) && nodes.expected[node]; node = nodes.parent[node]) {
            nodes.expected[node] = false;
        }
    }

    /**
     * A prompt has failed, so those of its blocks that nobody else needs are not to be expected any more.
     *
     * @param slot slot of the pod
     * @param hashes chained hashes of the blocks of the prompt
     */
    public void withdraw(int slot, long[] hashes) {
        if (hashes.length == 0 || capacity(slot) == 0) {
            return;
        }
        int node = find(slot, hashes[held(slot, hashes.length) - 1]);
        while (isOf(slot, node) && nodes.expected[node] && nodes.children[node] == 0) {
            int parent = nodes.parent[node];
            changes++;
            evict(slot, node);
            node = parent;
        }
    }

    /**
     * Forgets what was expected for too long.
     *
     * @param nowNanos the time
     * @param afterNanos how long blocks are expected since they were sent last
     * @return when to look again; {@link Long#MAX_VALUE} where nothing was used since
     */
    public long expire(long nowNanos, long afterNanos) {
        int now = tick(nowNanos);
        long most = Math.max(1, afterNanos >> TICK_SHIFT);
        long oldest = Long.MIN_VALUE;
        for (int slot = 0; slot < views.slots(); slot++) {
            int node = views.unswept(slot);
            while (node != BlockNodes.NONE && now - nodes.used[node] >= most) {
                int next = nodes.newer[node];
                if (nodes.expected[node]) {
                    changes++;
                    evict(slot, node);
                } else {
                    views.swept(slot, node);
                }
                node = next;
            }
            if (node != BlockNodes.NONE) {
                oldest = Math.max(oldest, now - nodes.used[node]);
            }
        }
        return oldest == Long.MIN_VALUE ? Long.MAX_VALUE : nowNanos + ((most - oldest) << TICK_SHIFT);
    }

    /** The node of a block in the view of a pod, or none. */
    private int find(int slot, long hash) {
        int place = table.find(hash);
        int node = place < 0 ? BlockNodes.NONE : table.head(place);
        while (node != BlockNodes.NONE && nodes.pod[node] != slot) {
            node = nodes.nextHolder[node];
        }
        return node;
    }

    // ---- eviction

    /** Evicts until some blocks more fit, but none of the youngest ones of the view that they are for. */
    private void evictFor(int slot, int blocks, int kept) {
        int most = blocks + EVICTED_AT_ONCE;
        for (int i = 0; i < most && size(slot) > kept && blocks > views.room(slot); i++) {
            evict(slot, views.oldest(slot));
        }
        while (nodes.size() + blocks > nodes.room()) {
            int from = oldestView(slot, kept);
            if (from < 0) {
                return;
            }
            int left = from == slot ? kept : 0;
            for (int i = 0; i < EVICTED_AT_ONCE && size(from) > left && nodes.size() + blocks > nodes.room(); i++) {
                evict(from, views.oldest(from));
            }
        }
    }

    private int oldestView(int slot, int kept) {
        int found = -1;
        for (int i = 0; i < views.slots(); i++) {
            if (size(i) > (i == slot ? kept : 0) && (found < 0
                    || nodes.used[views.oldest(i)] - nodes.used[views.oldest(found)] < 0)) {
                found = i;
            }
        }
        return found;
    }

    /** Forgets all of a pod. */
    public void drop(int slot) {
        if (slot >= views.slots()) {
            return;
        }
        changes++;
        while (views.size(slot) > 0) {
            evict(slot, views.oldest(slot));
        }
        views.capacity(slot, 0);
    }

    private void evict(int slot, int node) {
        views.remove(slot, node);
        int parent = nodes.parent[node];
        if (isOf(slot, parent)) {
            nodes.children[parent]--;
        }
        int place = table.find(nodes.hash[node]);
        if (table.head(place) == node) {
            table.head(place, nodes.nextHolder[node]);
        } else {
            int before = table.head(place);
            while (nodes.nextHolder[before] != node) {
                before = nodes.nextHolder[before];
            }
            nodes.nextHolder[before] = nodes.nextHolder[node];
        }
        table.release(place);
        nodes.give(node);
    }

    // ---- ages

    /** Seconds since a pod was sent a prompt that began with what a match found there; endless where it is nothing. */
    public double ageSeconds(int slot, PrefixMatch match, long nowNanos) {
        return match.blocks(slot) == 0 ? Double.POSITIVE_INFINITY
                : (tick(nowNanos) - nodes.used[match.leaf(slot)]) * TICK_SECONDS;
    }

    /** Age of the oldest block in the view of a pod; 0 where it is empty. */
    public long oldestAgeNanos(int slot, long nowNanos) {
        return views.size(slot) == 0 ? 0 : (long) Math.max(0, tick(nowNanos) - views.oldestUsed(slot)) << TICK_SHIFT;
    }

    /** Blocks that can be added to a view before it evicts any; no end for that of a pod that is not known. */
    public int room(int slot) {
        return views.room(slot);
    }

    /**
     * What a view loses when blocks are added: the sum over the blocks that it evicts of exp(-age / scale), so that a
     * block that was just used counts one, and one that nobody has used for long next to nothing.
     *
     * @param slot slot of the pod
     * @param added blocks that are added
     * @param nowNanos the time
     * @param scaleSeconds the scale of ages, more than zero
     * @param enough the sum need not be right beyond this
     */
    public double evictionPrice(int slot, int added, long nowNanos, double scaleSeconds, double enough) {
        int evicted = added <= views.room(slot) ? 0 : Math.min(size(slot), added - views.room(slot));
        if (evicted == 0) {
            return 0;
        }
        int now = tick(nowNanos);
        double sum = 0;
        int node = views.oldest(slot);
        int used = nodes.used[node];
        double price = Math.exp(-(now - used) * TICK_SECONDS / scaleSeconds);
        for (int i = 0; i < evicted && sum <= enough; i++) {
            // Blocks of one prompt have one time: one exponential for all of them.
            if (nodes.used[node] != used) {
                used = nodes.used[node];
                price = Math.exp(-(now - used) * TICK_SECONDS / scaleSeconds);
            }
            sum += price;
            node = nodes.newer[node];
        }
        return sum;
    }

    private static int tick(long nanos) {
        return (int) (nanos >> TICK_SHIFT);
    }

    private void admit(int slot) {
        if (slot < views.slots()) {
            return;
        }
        int length = Math.max(slot + 1, Growth.of(views.slots(), 16, Short.MAX_VALUE));
        views.grow(length);
    }
}
