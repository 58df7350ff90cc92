package dev.penstock.routers.kvcache.index;

import dev.penstock.spi.KvEvent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks of tokens are in the KV cache of which pod, by what the engines tell. Engines name a block by a hash of
 * their own making, which may be another one for the same content; here a block is what it holds and all before it,
 * hashed anew over its tokens. So what one pod tells and what another one tells is the same prompt, blocks of several
 * sizes stand beside each other, and a prompt of a client is looked up by its tokens alone. Confined to one thread.
 *
 * <p>Bounded in bytes: what does not fit is not taken in.
 */
public final class TokenIndex {

    /** Where a block is: a number for each, the best first. */
    public static final int MEDIA = 3;
    /** Bytes for one block of one pod, at most. */
    public static final int BYTES_PER_BLOCK = TokenNodes.NODE_BYTES + 2 * NodeTable.BYTES_PER_NODE;

    /** Bytes that it takes for no block. */
    static final int SPARE_BYTES = 2 * NodeTable.SPARE_BYTES;

    private static final int MOST_SIZES = 8;
    private static final int MOST_ADAPTERS = 10_000;
    private static final int SMALLEST_ROOM = 4096;
    private static final String BASE = "";

    private final int mostNodes;
    private final TokenChain chain;
    private final double[] credits;
    private final TokenNodes nodes;
    private final NodeTable byName;
    private final NodeTable byContent;
    private final int[] sizes = new int[MOST_SIZES];
    private final int[] ofSize = new int[MOST_SIZES];
    private final Set<String> adapters = new HashSet<>();
    private int[] firstOfPod = {};
    private int[] counts = {};
    private int changes;

    /**
     * An empty index.
     *
     * @param mostBytes the most bytes that it may take
     * @param seed a secret number
     * @param credits what a block counts for in each medium, from 0 to 1
     * @throws IllegalArgumentException where there is no room for a single block
     */
    public TokenIndex(long mostBytes, long seed, double... credits) {
        long most = (mostBytes - SPARE_BYTES) / BYTES_PER_BLOCK;
        if (most < 1 || credits.length != MEDIA) {
            throw new IllegalArgumentException("bytes of the index: " + mostBytes + " (expected: "
                    + (SPARE_BYTES + BYTES_PER_BLOCK) + " or more)");
        }
        mostNodes = (int) Math.min(most, Integer.MAX_VALUE / 2);
        chain = new TokenChain(seed);
        this.credits = credits.clone();
        int room = Math.min(mostNodes, SMALLEST_ROOM);
        nodes = new TokenNodes(room);
        byName = new NodeTable(room, node -> nodes.name[node]);
        byContent = new NodeTable(room, node -> nodes.chain[node]);
    }

    /** Blocks of all pods together. */
    public int size() {
        return nodes.size();
    }

    /** Blocks of a pod. */
    public int size(int slot) {
        return slot < counts.length ? counts[slot] : 0;
    }

    /** Bytes that its arrays take. */
    public long bytes() {
        return nodes.bytes() + byName.bytes() + byContent.bytes();
    }

    /** Another number after each change: what was matched before it does not hold any more. */
    public int changes() {
        return changes;
    }

    /** Whether a pod has ever told of blocks of an adapter. */
    public boolean knows(String adapter) {
        return adapters.contains(adapter);
    }

    /**
     * A pod has stored blocks.
     *
     * @param event its names of them, and the tokens; none where blocks that it holds were copied to another medium
     * @param medium where they are, from 0 to {@link #MEDIA} - 1
     * @return how many of them were taken in; the others have no known parent, or there is no room
     */
    public int store(KvEvent.Stored event, int medium) {
        changes++;
        int slot = event.endpoint().slot();
        long[] hashes = event.hashes();
        int[] tokens = event.tokens();
        int blockTokens = event.blockTokens();
        if (tokens.length == 0) {
            return copied(slot, hashes, medium);
        }
        int size = blockTokens < 1 || (long) hashes.length * blockTokens != tokens.length ? -1 : sizeOf(blockTokens);
        String adapter = event.adapter() == null ? BASE : event.adapter();
        Long parent = event.parent();
        int before = parent == null ? TokenNodes.NONE : byName.find(chain.ofPod(slot, parent));
        if (size < 0 || (parent != null && before == TokenNodes.NONE) || !admitted(adapter)) {
            return 0;
        }
        long above = parent == null ? chain.root(blockTokens, adapter) : nodes.chain[before];
        for (int i = 0; i < hashes.length; i++) {
            above = chain.next(above, tokens, i * blockTokens, blockTokens);
            if (!hold(slot, chain.ofPod(slot, hashes[i]), above, size, medium)) {
                return i;
            }
        }
        return hashes.length;
    }

    private boolean admitted(String adapter) {
        return adapters.contains(adapter) || (adapters.size() < MOST_ADAPTERS && adapters.add(adapter));
    }

    private int copied(int slot, long[] hashes, int medium) {
        int known = 0;
        for (long hash : hashes) {
            int node = byName.find(chain.ofPod(slot, hash));
            if (node != TokenNodes.NONE) {
                nodes.media[node] |= (byte) (1 << medium);
                known++;
            }
        }
        return known;
    }

    private int sizeOf(int blockTokens) {
        int free = -1;
        for (int i = 0; i < MOST_SIZES; i++) {
            if (sizes[i] == blockTokens) {
                return i;
            }
            if (free < 0 && ofSize[i] == 0) {
                free = i;
            }
        }
        if (free >= 0) {
            sizes[free] = blockTokens;
        }
        return free;
    }

    private boolean hold(int slot, long name, long content, int size, int medium) {
        int known = byName.find(name);
        if (known != TokenNodes.NONE) {
            if (nodes.chain[known] == content) {
                nodes.media[known] |= (byte) (1 << medium);
                return true;
            }
            forget(known);
        }
        if (nodes.size() == nodes.room() && !grow()) {
            return false;
        }
        admit(slot);
        int node = nodes.take();
        nodes.name[node] = name;
        nodes.chain[node] = content;
        nodes.pod[node] = slot;
        nodes.media[node] = (byte) (1 << medium);
        nodes.size[node] = (byte) size;
        int holder = byContent.find(content);
        nodes.nextHolder[node] = holder;
        nodes.previousHolder[node] = TokenNodes.NONE;
        if (holder != TokenNodes.NONE) {
            nodes.previousHolder[holder] = node;
        }
        byContent.put(node);
        byName.put(node);
        int first = firstOfPod[slot];
        nodes.nextOfPod[node] = first;
        nodes.previousOfPod[node] = TokenNodes.NONE;
        if (first != TokenNodes.NONE) {
            nodes.previousOfPod[first] = node;
        }
        firstOfPod[slot] = node;
        counts[slot]++;
        ofSize[size]++;
        return true;
    }

    private boolean grow() {
        if (nodes.room() >= mostNodes) {
            return false;
        }
        int room = Growth.of(nodes.room(), SMALLEST_ROOM, mostNodes);
        nodes.grow(room);
        byName.grow(room);
        byContent.grow(room);
        return true;
    }

    private void admit(int slot) {
        if (slot >= firstOfPod.length) {
            int before = firstOfPod.length;
            firstOfPod = Arrays.copyOf(firstOfPod, Math.max(slot + 1, 2 * before));
            Arrays.fill(firstOfPod, before, firstOfPod.length, TokenNodes.NONE);
            counts = Arrays.copyOf(counts, firstOfPod.length);
        }
    }

    /** A pod has blocks in one medium no longer; what it does not hold there is passed over. */
    public void remove(int slot, long[] hashes, int medium) {
        changes++;
        for (long hash : hashes) {
            int node = byName.find(chain.ofPod(slot, hash));
            if (node != TokenNodes.NONE) {
                nodes.media[node] &= (byte) ~(1 << medium);
                if (nodes.media[node] == 0) {
                    forget(node);
                }
            }
        }
    }

    /** Nothing is known of a pod any more. */
    public void drop(int slot) {
        if (slot < firstOfPod.length) {
            changes++;
            while (firstOfPod[slot] != TokenNodes.NONE) {
                forget(firstOfPod[slot]);
            }
        }
    }

    private void forget(int node) {
        byName.remove(nodes.name[node]);
        int next = nodes.nextHolder[node];
        int previous = nodes.previousHolder[node];
        if (next != TokenNodes.NONE) {
            nodes.previousHolder[next] = previous;
        }
        if (previous != TokenNodes.NONE) {
            nodes.nextHolder[previous] = next;
        } else if (next != TokenNodes.NONE) {
            // It has the same key: it takes this one's place.
            byContent.put(next);
        } else {
            byContent.remove(nodes.chain[node]);
        }
        int slot = nodes.pod[node];
        int nextOfPod = nodes.nextOfPod[node];
        int previousOfPod = nodes.previousOfPod[node];
        if (nextOfPod != TokenNodes.NONE) {
            nodes.previousOfPod[nextOfPod] = previousOfPod;
        }
        if (previousOfPod != TokenNodes.NONE) {
            nodes.nextOfPod[previousOfPod] = nextOfPod;
        } else {
            firstOfPod[slot] = nextOfPod;
        }
        counts[slot]--;
        ofSize[nodes.size[node]]--;
        nodes.give(node);
    }

    /**
     * Finds how much of a prompt each pod has cached. The prompt is hashed once for each size of blocks that there is,
     * and only as far as some pod holds all of it.
     *
     * @param tokens the prompt
     * @param adapter the LoRA adapter, or null
     * @param into where the answer goes
     */
    public void match(int[] tokens, @Nullable String adapter, TokenMatch into) {
        into.begin(firstOfPod.length);
        for (int size = 0; size < MOST_SIZES; size++) {
            if (ofSize[size] > 0) {
                into.beginWalk();
                walk(tokens, sizes[size], chain.root(sizes[size], adapter == null ? BASE : adapter), into);
            }
        }
    }

    private void walk(int[] tokens, int blockTokens, long root, TokenMatch into) {
        long above = root;
        boolean held = true;
        for (int depth = 1; held && (long) depth * blockTokens <= tokens.length; depth++) {
            above = chain.next(above, tokens, (depth - 1) * blockTokens, blockTokens);
            held = false;
            int node = byContent.find(above);
            while (node != TokenNodes.NONE) {
                double worth = blockTokens * credits[Integer.numberOfTrailingZeros(nodes.media[node])];
                held |= into.holds(nodes.pod[node], depth, worth);
                node = nodes.nextHolder[node];
            }
        }
    }
}
