package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

/**
 * The blocks that engines say their caches hold, one node for each block of each pod, as a row of numbers. Freed ones
 * are used again. Confined to one thread.
 */
final class TokenNodes {

    /** No node. */
    static final int NONE = -1;
    /** Bytes of one node. */
    static final int NODE_BYTES = 2 * Long.BYTES + 5 * Integer.BYTES + 2;

    /** The pod's own name of the block, by {@link TokenChain#ofPod}. */
    long[] name = {};
    /** What is in it, and all before it, by {@link TokenChain#next}. */
    long[] chain = {};
    /** Slot of the pod. */
    int[] pod = {};
    /** The next node with the same content. */
    int[] nextHolder = {};
    /** The one before; of the first one, none. */
    int[] previousHolder = {};
    /** The next node of the pod; of a free one, the next free one. */
    int[] nextOfPod = {};
    /** The one before; of the first one, none. */
    int[] previousOfPod = {};
    /** Where the pod has it: a bit for each medium. */
    byte[] media = {};
    /** Which of the sizes its block has. */
    byte[] size = {};

    private int top;
    private int free = NONE;
    private int taken;

    TokenNodes(int room) {
        grow(room);
    }

    int room() {
        return name.length;
    }

    int size() {
        return taken;
    }

    long bytes() {
        return (long) name.length * NODE_BYTES;
    }

    /** A node; there must be room for it. */
    int take() {
        taken++;
        if (free != NONE) {
            int node = free;
            free = nextOfPod[node];
            return node;
        }
        return top++;
    }

    void give(int node) {
        taken--;
        nextOfPod[node] = free;
        free = node;
    }

    /** Makes room for more of them; takes as long as copying those that there are. */
    void grow(int length) {
        name = Arrays.copyOf(name, length);
        chain = Arrays.copyOf(chain, length);
        pod = Arrays.copyOf(pod, length);
        nextHolder = Arrays.copyOf(nextHolder, length);
        previousHolder = Arrays.copyOf(previousHolder, length);
        nextOfPod = Arrays.copyOf(nextOfPod, length);
        previousOfPod = Arrays.copyOf(previousOfPod, length);
        media = Arrays.copyOf(media, length);
        size = Arrays.copyOf(size, length);
    }
}
