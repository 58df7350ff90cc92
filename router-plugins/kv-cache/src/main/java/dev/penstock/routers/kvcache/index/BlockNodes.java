package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

/**
 * The nodes of the index: one for each block in each pod's view, as a row of numbers. Freed ones are used again.
 * Confined to one thread.
 */
final class BlockNodes {

    /** No node. */
    static final int NONE = -1;
    /** Bytes of one node. */
    static final int NODE_BYTES = Long.BYTES + Short.BYTES + 6 * Integer.BYTES + Float.BYTES + 1;

    /** Hash of the block. */
    long[] hash = {};
    /** Slot of the pod. */
    short[] pod = {};
    /** The node that was used before it in the pod's view. */
    int[] older = {};
    /** The node that was used after it in the pod's view; of a free one, the next free one. */
    int[] newer = {};
    /** The node of the block before it in the prompt, in the same view. */
    int[] parent = {};
    /** How many nodes have it for a parent. */
    int[] children = {};
    /** The next node that holds the same block. */
    int[] nextHolder = {};
    /** When it was used last, in ticks. */
    int[] used = {};

    /** How many different prompts went on from it lately, as of when it was used last. */
    float[] branches = {};
    /** Whether a prompt with it was sent there, but is not known to have been prefilled. */
    boolean[] expected = {};

    private int top;
    private int free = NONE;
    private int size;

    /** No nodes yet, and room for some. */
    BlockNodes(int room) {
        grow(room);
    }

    /** How many nodes there may be. */
    int room() {
        return hash.length;
    }

    int size() {
        return size;
    }

    long bytes() {
        return (long) hash.length * NODE_BYTES;
    }

    /** A node; there must be room for it. */
    int take() {
        size++;
        if (free != NONE) {
            int node = free;
            free = newer[node];
            return node;
        }
        return top++;
    }

    void give(int node) {
        size--;
        // Nobody's: one that still names it as a parent must not take it for its own.
        pod[node] = -1;
        newer[node] = free;
        free = node;
    }

    /** Makes room for more of them; takes as long as copying those that there are. */
    void grow(int length) {
        hash = Arrays.copyOf(hash, length);
        pod = Arrays.copyOf(pod, length);
        older = Arrays.copyOf(older, length);
        newer = Arrays.copyOf(newer, length);
        parent = Arrays.copyOf(parent, length);
        children = Arrays.copyOf(children, length);
        nextHolder = Arrays.copyOf(nextHolder, length);
        used = Arrays.copyOf(used, length);
        branches = Arrays.copyOf(branches, length);
        expected = Arrays.copyOf(expected, length);
    }
}
