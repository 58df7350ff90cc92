package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

/**
 * The order in which the blocks of each pod's view were used, and how far each view was swept: looked through for
 * blocks that were expected for too long, from the oldest one on. Confined to one thread.
 */
final class ViewLists {

    private final BlockNodes nodes;
    private int[] oldest = {};
    // This and the rooms stand here, side by side, because a decision asks them of every view.
    private int[] oldestUsed = {};
    private int[] newest = {};
    private int[] swept = {};
    private int[] sizes = {};
    private int[] capacities = {};
    private int[] rooms = {};

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

    /** Blocks that the view of a pod takes before it evicts; 0 for one that is not known. */
    int capacity(int slot) {
        return slot < capacities.length ? capacities[slot] : 0;
    }

    /** Another capacity; 0 to forget it. */
    void capacity(int slot, int blocks) {
        capacities[slot] = blocks;
        tellRoom(slot);
    }

    /** Blocks that can be added before the view evicts; less than 0 for one that is too large, no end for none. */
    int room(int slot) {
        return slot < rooms.length ? rooms[slot] : Integer.MAX_VALUE;
    }

    private void tellRoom(int slot) {
        rooms[slot] = capacities[slot] == 0 ? Integer.MAX_VALUE : capacities[slot] - sizes[slot];
    }

    /** Makes lists for more slots. */
    void grow(int slots) {
        int known = sizes.length;
        oldest = Arrays.copyOf(oldest, slots);
        oldestUsed = Arrays.copyOf(oldestUsed, slots);
        newest = Arrays.copyOf(newest, slots);
        swept = Arrays.copyOf(swept, slots);
        sizes = Arrays.copyOf(sizes, slots);
        capacities = Arrays.copyOf(capacities, slots);
        rooms = Arrays.copyOf(rooms, slots);
        Arrays.fill(rooms, known, slots, Integer.MAX_VALUE);
        Arrays.fill(oldest, known, slots, BlockNodes.NONE);
        Arrays.fill(newest, known, slots, BlockNodes.NONE);
        Arrays.fill(swept, known, slots, BlockNodes.NONE);
    }

    /** The oldest block of a pod, or none. */
    int oldest(int slot) {
        return slot < sizes.length ? oldest[slot] : BlockNodes.NONE;
    }

    /** When the oldest block of a pod was used last, in ticks; only where there is one. */
    int oldestUsed(int slot) {
        return oldestUsed[slot];
    }

    /** The oldest block of a pod that was not swept since it was used, or none. */
    int unswept(int slot) {
        return swept[slot] == BlockNodes.NONE ? oldest[slot] : nodes.newer[swept[slot]];
    }

    /** Blocks up to this one are swept. */
    void swept(int slot, int node) {
        swept[slot] = node;
    }

    private void oldest(int slot, int node) {
        oldest[slot] = node;
        if (node != BlockNodes.NONE) {
            oldestUsed[slot] = nodes.used[node];
        }
    }

    /**
     * Adds a block, used as its node says, as the next older one of another block, or as the youngest where that is
     * none.
     */
    void add(int slot, int node, int newer) {
        int older = newer == BlockNodes.NONE ? newest[slot] : nodes.older[newer];
        nodes.older[node] = older;
        nodes.newer[node] = newer;
        if (older == BlockNodes.NONE) {
            oldest(slot, node);
        } else {
            nodes.newer[older] = node;
        }
        if (newer == BlockNodes.NONE) {
            newest[slot] = node;
        } else {
            nodes.older[newer] = node;
        }
        sizes[slot]++;
        tellRoom(slot);
    }

    /** Takes a block out. */
    void remove(int slot, int node) {
        int older = nodes.older[node];
        int newer = nodes.newer[node];
        if (swept[slot] == node) {
            swept[slot] = older;
        }
        if (older == BlockNodes.NONE) {
            oldest(slot, newer);
        } else {
            nodes.newer[older] = newer;
        }
        if (newer == BlockNodes.NONE) {
            newest[slot] = older;
        } else {
            nodes.older[newer] = older;
        }
        sizes[slot]--;
        tellRoom(slot);
    }
}
