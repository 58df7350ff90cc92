package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

/**
 * The order in which the blocks of each pod's view were used: one list of those that are known to be there, and one of
 * those that are expected to be. What continues an expected block is expected itself, and a block is never older than
 * what continues it, so whoever takes from the old ends leaves no gap. Confined to one thread.
 */
final class ViewLists {

    private final BlockNodes nodes;
    // Of each slot first the list of what is known, then that of what is expected.
    private int[] oldest = {};
    private int[] newest = {};
    private int[] sizes = {};

    ViewLists(BlockNodes nodes) {
        this.nodes = nodes;
    }

    /** Slots for which there are lists. */
    int slots() {
        return sizes.length;
    }

    /** Blocks in both lists of a pod. */
    int size(int slot) {
        return slot < sizes.length ? sizes[slot] : 0;
    }

    /** Makes lists for more slots. */
    void grow(int slots) {
        int known = oldest.length;
        oldest = Arrays.copyOf(oldest, 2 * slots);
        newest = Arrays.copyOf(newest, 2 * slots);
        Arrays.fill(oldest, known, 2 * slots, BlockNodes.NONE);
        Arrays.fill(newest, known, 2 * slots, BlockNodes.NONE);
        sizes = Arrays.copyOf(sizes, slots);
    }

    /** The oldest block that is known to be there, or none. */
    int oldestKnown(int slot) {
        return oldest[2 * slot];
    }

    /** The oldest block that is expected to be there, or none. */
    int oldestExpected(int slot) {
        return oldest[2 * slot + 1];
    }

    /** The oldest block of a pod, or none; of two of one age the expected one, which may continue the other. */
    int oldest(int slot) {
        return slot < sizes.length ? older(oldestKnown(slot), oldestExpected(slot)) : BlockNodes.NONE;
    }

    /** The older one of a known block and an expected one, each of which may be none. */
    int older(int known, int expected) {
        if (known == BlockNodes.NONE || expected == BlockNodes.NONE) {
            return known == BlockNodes.NONE ? expected : known;
        }
        return nodes.used[known] - nodes.used[expected] < 0 ? known : expected;
    }

    /** A block of a view, into the list that it belongs to: the youngest of it. */
    void add(int slot, int node) {
        link(slot, node, BlockNodes.NONE);
    }

    /** The same, as the next older one of another block of that list, or as the youngest where that is none. */
    void link(int slot, int node, int newer) {
        int list = list(slot, node);
        int older = newer == BlockNodes.NONE ? newest[list] : nodes.older[newer];
        nodes.older[node] = older;
        nodes.newer[node] = newer;
        if (older == BlockNodes.NONE) {
            oldest[list] = node;
        } else {
            nodes.newer[older] = node;
        }
        if (newer == BlockNodes.NONE) {
            newest[list] = node;
        } else {
            nodes.older[newer] = node;
        }
        sizes[slot]++;
    }

    /** Takes a block out of its list. */
    void unlink(int slot, int node) {
        int list = list(slot, node);
        int older = nodes.older[node];
        int newer = nodes.newer[node];
        if (older == BlockNodes.NONE) {
            oldest[list] = newer;
        } else {
            nodes.newer[older] = newer;
        }
        if (newer == BlockNodes.NONE) {
            newest[list] = older;
        } else {
            nodes.older[newer] = older;
        }
        sizes[slot]--;
    }

    private int list(int slot, int node) {
        return 2 * slot + (nodes.expected[node] ? 1 : 0);
    }
}
