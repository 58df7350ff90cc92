package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

/**
 * The order in which the blocks of each pod's view were used, and how far each view was swept: looked through for
 * blocks that were expected for too long, from the oldest one on. Confined to one thread.
 */
final class ViewLists {

    private final BlockNodes nodes;
    private int[] oldest = {};
    private int[] newest = {};
    private int[] swept = {};
    private int[] sizes = {};

    ViewLists(BlockNodes nodes) {
        this.nodes = nodes;
    }

    /** Slots for which there are lists. */
    int slots() {
        return sizes.length;
    }

    /** Blocks in the view of a pod. */
    int size(int slot) {
        return slot < sizes.length ? sizes[slot] : 0;
    }

    /** Makes lists for more slots. */
    void grow(int slots) {
        int known = sizes.length;
        oldest = Arrays.copyOf(oldest, slots);
        newest = Arrays.copyOf(newest, slots);
        swept = Arrays.copyOf(swept, slots);
        sizes = Arrays.copyOf(sizes, slots);
        Arrays.fill(oldest, known, slots, BlockNodes.NONE);
        Arrays.fill(newest, known, slots, BlockNodes.NONE);
        Arrays.fill(swept, known, slots, BlockNodes.NONE);
    }

    /** The oldest block of a pod, or none. */
    int oldest(int slot) {
        return slot < sizes.length ? oldest[slot] : BlockNodes.NONE;
    }

    /** The oldest block of a pod that was not swept since it was used, or none. */
    int unswept(int slot) {
        return swept[slot] == BlockNodes.NONE ? oldest[slot] : nodes.newer[swept[slot]];
    }

    /** Blocks up to this one are swept. */
    void swept(int slot, int node) {
        swept[slot] = node;
    }

    /** Adds a block as the next older one of another block, or as the youngest where that is none. */
    void add(int slot, int node, int newer) {
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
        sizes[slot]++;
    }

    /** Takes a block out. */
    void remove(int slot, int node) {
        int older = nodes.older[node];
        int newer = nodes.newer[node];
        if (swept[slot] == node) {
            swept[slot] = older;
        }
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
        sizes[slot]--;
    }
}
