package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

/**
 * How much of a prompt each pod's view holds. Used again for each prompt, so it allocates nothing. Confined to one
 * thread; what it says holds until the index changes.
 */
public final class PrefixMatch {

    private int[] blocks = {};
    private int[] leaves = {};
    private int[] filledIn = {};
    private int filling;
    private int most;
    private double branches;

    /** Nothing matched yet. */
    public PrefixMatch() {}

    /** Blocks of the prompt, from its beginning on, that the view of a pod holds. */
    public int blocks(int slot) {
        return slot < filledIn.length && filledIn[slot] == filling ? blocks[slot] : 0;
    }

    /** The most blocks that any view holds. */
    public int most() {
        return most;
    }

    /**
     * How many different prompts went on from the end of the longest match lately, at all pods; many where it is a
     * common system prompt, few where it is a conversation.
     */
    public double branches() {
        return branches;
    }

    void branches(double sum) {
        branches = sum;
    }

    void begin(int slots) {
        if (slots > blocks.length) {
            blocks = Arrays.copyOf(blocks, slots);
            leaves = Arrays.copyOf(leaves, slots);
            filledIn = Arrays.copyOf(filledIn, slots);
        }
        most = 0;
        branches = 0;
        if (++filling == 0) {
            // Once in four billion prompts: marks of old ones would look new.
            Arrays.fill(filledIn, 0);
            filling = 1;
        }
    }

    /**
     * Begins to say what engines tell, where others only believe.
     *
     * @param believed what holds for pods whose engines do not tell
     * @param slots more than the highest slot that will be {@linkplain #put put}
     */
    public void begin(PrefixMatch believed, int slots) {
        begin(Math.max(slots, believed.filledIn.length));
        for (int slot = 0; slot < believed.filledIn.length; slot++) {
            if (believed.has(slot)) {
                put(slot, believed.blocks[slot]);
            }
        }
    }

    /** A pod holds so many blocks of the prompt. */
    public void put(int slot, int depth) {
        blocks[slot] = depth;
        filledIn[slot] = filling;
    }

    /** All pods are put. */
    public void end(PrefixMatch believed) {
        for (int slot = 0; slot < filledIn.length; slot++) {
            most = Math.max(most, blocks(slot));
        }
        // How many prompts went on is known for what is believed only: not for a prefix that is longer.
        branches = most <= believed.most + 1 ? believed.branches : 0;
    }

    boolean has(int slot) {
        return filledIn[slot] == filling;
    }

    void add(int slot, int depth, int leaf) {
        blocks[slot] = depth;
        leaves[slot] = leaf;
        filledIn[slot] = filling;
        most = Math.max(most, depth);
    }

    /** The node of the last block that matched; only where {@link #blocks} is not 0. */
    int leaf(int slot) {
        return leaves[slot];
    }
}
