package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

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
    private int[] oldest = {};
    private int[] newest = {};
    private int[] sizes = {};
    private int[] capacities = {};
    private int changes;

    /**
     * An empty index.
     *
     * @param mostBytes the most bytes that it may take
     * @throws IllegalArgumentException where that is not enough for a single block
     */
    public PrefixIndex(long mostBytes) {
        long most = mostBytes / BYTES_PER_BLOCK;
        if (most < 1) {
            throw new IllegalArgumentException("bytes of the index: " + mostBytes + " (expected: " + BYTES_PER_BLOCK
                    + " or more)");
        }
        mostNodes = (int) Math.min(most, Integer.MAX_VALUE / 2);
        int room = Math.min(mostNodes, 2 * ROOM_AHEAD);
        table = new BlockTable(room);
        nodes = new BlockNodes(room);
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
        return slot < sizes.length ? sizes[slot] : 0;
    }

    /** Blocks that the view of a pod takes before it evicts; 0 for one that is not known. */
    public int capacity(int slot) {
        return slot < capacities.length ? capacities[slot] : 0;
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
        capacities[slot] = Math.max(1, blocks);
        if (sizes[slot] > capacities[slot]) {
            changes++;
        }
        for (int i = 0; i < EVICTED_AT_ONCE && sizes[slot] > capacities[slot]; i++) {
            evictOldest(slot);
        }
    }

    /**
     * Finds how much of a prompt each view holds.
     *
     * @param hashes chained hashes of the blocks of the prompt
     * @param into where the answer goes
     */
    public void match(long[] hashes, PrefixMatch into) {
        into.begin(sizes.length);
        int depth = deepest(hashes);
        while (depth > 0) {
            int place = table.find(hashes[depth - 1]);
            if (place < 0) {
                // Two prompts with one hash, by chance: what is above it still holds.
                depth--;
                continue;
            }
            depth = nextDrop(hashes, depth, addHolders(place, depth, into));
        }
    }

    /** The most blocks of a prompt that any view holds. */
    private int deepest(long[] hashes) {
        int present = 0;
        int step = 1;
        while (present + step <= hashes.length && table.find(hashes[present + step - 1]) >= 0) {
            present += step;
            step <<= 1;
        }
        int absent = Math.min(present + step, hashes.length + 1);
        while (absent - present > 1) {
            int middle = (present + absent) >>> 1;
            if (table.find(hashes[middle - 1]) >= 0) {
                present = middle;
            } else {
                absent = middle;
            }
        }
        return present;
    }

    private int addHolders(int place, int depth, PrefixMatch into) {
        if (into.most() == 0) {
            into.branches(branches(place));
        }
        for (int node = table.head(place); node != BlockNodes.NONE; node = nodes.nextHolder[node]) {
            int slot = nodes.pod[node];
            if (!into.has(slot)) {
                into.add(slot, depth, node);
            }
        }
        return table.holders(place);
    }

    private double branches(int place) {
        double sum = 0;
        for (int node = table.head(place); node != BlockNodes.NONE; node = nodes.nextHolder[node]) {
            sum += nodes.branches[node];
        }
        return sum;
    }

    /** The next depth upwards that more views reach than a number; 0 where there is none. */
    private int nextDrop(long[] hashes, int from, int holders) {
        if (from == 1 || holdersAt(hashes, 1) <= holders) {
            return 0;
        }
        int more = 1;
        int same = from;
        while (same - more > 1) {
            int middle = (more + same) >>> 1;
            if (holdersAt(hashes, middle) > holders) {
                more = middle;
            } else {
                same = middle;
            }
        }
        return more;
    }

    private int holdersAt(long[] hashes, int depth) {
        int place = table.find(hashes[depth - 1]);
        return place < 0 ? 0 : table.holders(place);
    }

    /**
     * A prompt was sent to a pod: its blocks are the youngest of the pod's view now, the first one youngest of all.
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
        int wanted = Math.min(Math.min(hashes.length, capacities[slot]), mostNodes);
        int added = Math.max(0, wanted - matched);
        if ((added > ROOM_AHEAD || wanted > nodes.room()) && nodes.room() < mostNodes) {
            // A prompt this long is not taken in on an event loop anyhow.
            grow(added);
        }
        evictFor(slot, added, matched);
        int child = BlockNodes.NONE;
        for (int i = wanted - 1; i >= matched; i--) {
            int node = insert(slot, hashes[i], leaf, tick);
            if (child != BlockNodes.NONE) {
                nodes.parent[child] = node;
            }
            child = node;
        }
        if (child != BlockNodes.NONE) {
            nodes.parent[child] = leaf;
        }
    }

    /** Another prompt goes on from a node; those that did before it count less the longer that is ago. */
    private void branch(int slot, int leaf, int tick) {
        double scale = Math.max(1, tick - nodes.used[oldest[slot]]);
        double fade = Math.exp((nodes.used[leaf] - tick) / scale);
        nodes.branches[leaf] = (float) (nodes.branches[leaf] * fade + 1);
    }

    /** Makes the nodes of a prefix the youngest, from its leaf up. */
    private void renew(int slot, int leaf, int matched, int tick) {
        int node = leaf;
        for (int i = 0; i < matched && node != BlockNodes.NONE && nodes.pod[node] == slot; i++) {
            unlink(slot, node);
            linkBefore(slot, node, BlockNodes.NONE);
            nodes.used[node] = tick;
            node = nodes.parent[node];
        }
    }

    private int insert(int slot, long hash, int before, int tick) {
        int node = nodes.take();
        nodes.hash[node] = hash;
        nodes.pod[node] = (short) slot;
        nodes.used[node] = tick;
        nodes.parent[node] = BlockNodes.NONE;
        nodes.branches[node] = 0;
        nodes.nextHolder[node] = table.push(hash, node);
        linkBefore(slot, node, before);
        sizes[slot]++;
        return node;
    }

    /** Evicts until some blocks more fit, but none of the youngest ones of the view that they are for. */
    private void evictFor(int slot, int blocks, int kept) {
        int most = blocks + EVICTED_AT_ONCE;
        for (int i = 0; i < most && sizes[slot] > kept && sizes[slot] + blocks > capacities[slot]; i++) {
            evictOldest(slot);
        }
        while (nodes.size() + blocks > nodes.room()) {
            int from = oldestView(slot, kept);
            if (from < 0) {
                return;
            }
            int left = from == slot ? kept : 0;
            for (int i = 0; i < EVICTED_AT_ONCE && sizes[from] > left && nodes.size() + blocks > nodes.room(); i++) {
                evictOldest(from);
            }
        }
    }

    private int oldestView(int slot, int kept) {
        int found = -1;
        for (int i = 0; i < oldest.length; i++) {
            if (sizes[i] > (i == slot ? kept : 0)
                    && (found < 0 || nodes.used[oldest[i]] - nodes.used[oldest[found]] < 0)) {
                found = i;
            }
        }
        return found;
    }

    /** Forgets all of a pod. */
    public void drop(int slot) {
        if (slot >= sizes.length) {
            return;
        }
        changes++;
        while (sizes[slot] > 0) {
            evictOldest(slot);
        }
        capacities[slot] = 0;
    }

    private void evictOldest(int slot) {
        int node = oldest[slot];
        unlink(slot, node);
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
        sizes[slot]--;
    }

    /** Seconds since a pod was sent a prompt that began with what a match found there; endless where it is nothing. */
    public double ageSeconds(int slot, PrefixMatch match, long nowNanos) {
        return match.blocks(slot) == 0 ? Double.POSITIVE_INFINITY
                : (tick(nowNanos) - nodes.used[match.leaf(slot)]) * TICK_SECONDS;
    }

    /** Age of the oldest block in the view of a pod, in seconds; 0 where it is empty. */
    public double oldestAgeSeconds(int slot, long nowNanos) {
        if (slot >= oldest.length || oldest[slot] == BlockNodes.NONE) {
            return 0;
        }
        return Math.max(0, tick(nowNanos) - nodes.used[oldest[slot]]) * TICK_SECONDS;
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
        int evicted = Math.min(size(slot), size(slot) + added - capacity(slot));
        if (evicted <= 0) {
            return 0;
        }
        int now = tick(nowNanos);
        double sum = 0;
        int node = oldest[slot];
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
        if (slot < sizes.length) {
            return;
        }
        int known = sizes.length;
        int length = Math.max(slot + 1, Growth.of(known, 16, Short.MAX_VALUE));
        oldest = Arrays.copyOf(oldest, length);
        newest = Arrays.copyOf(newest, length);
        sizes = Arrays.copyOf(sizes, length);
        capacities = Arrays.copyOf(capacities, length);
        Arrays.fill(oldest, known, length, BlockNodes.NONE);
        Arrays.fill(newest, known, length, BlockNodes.NONE);
    }

    private void unlink(int slot, int node) {
        int older = nodes.older[node];
        int newer = nodes.newer[node];
        if (older == BlockNodes.NONE) {
            oldest[slot] = newer;
        } else {
            nodes.newer[older] = newer;
        }
        if (newer == BlockNodes.NONE) {
            newest[slot] = older;
        } else {
            nodes.older[newer] = older;
        }
    }

    /** Links a node as the next older one of another, or as the youngest of all where that is none. */
    private void linkBefore(int slot, int node, int newer) {
        int older = newer == BlockNodes.NONE ? newest[slot] : nodes.older[newer];
        nodes.older[node] = older;
        nodes.newer[node] = newer;
        if (older == BlockNodes.NONE) {
            oldest[slot] = node;
        } else {
            nodes.newer[older] = node;
        }
        if (newer == BlockNodes.NONE) {
            newest[slot] = node;
        } else {
            nodes.older[newer] = node;
        }
    }
}
