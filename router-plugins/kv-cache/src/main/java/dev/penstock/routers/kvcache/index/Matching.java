package dev.penstock.routers.kvcache.index;

/**
 * Finds how much of a prompt each view holds. A view that holds a block holds all before it, so the deepest match of
 * any view, and each depth at which views drop out, are found by bisection. Confined to one thread.
 */
final class Matching {

    private final BlockTable table;
    private final BlockNodes nodes;

    Matching(BlockTable table, BlockNodes nodes) {
        this.table = table;
        this.nodes = nodes;
    }

    /** Adds each view that holds a beginning of a prompt. */
    void match(long[] hashes, PrefixMatch into) {
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
}
