package dev.penstock.routers.kvcache.index;

/**
 * Which nodes hold a block, by the hash of the block: open addressing with linear probing, no object for each entry.
 * Confined to one thread.
 *
 * <p>The number of places need not be a power of two (the place is the upper half of a product), so that the table is
 * four fifths full whatever its bound is: memory is what limits how much can be remembered.
 */
final class BlockTable {

    /** Bytes of one place. */
    static final int PLACE_BYTES = Long.BYTES + 2 * Integer.BYTES;
    /** Places for each block that may be stored, in percent. */
    static final int PLACES_PERCENT = 125;

    private static final int SMALLEST = 64;
    /** Bytes of places that are there for no block. */
    static final int SPARE_BYTES = SMALLEST * PLACE_BYTES;
    private static final long FREE = 0;
    // Stands for a hash that happens to be the mark of a free place.
    private static final long ZERO = 0x9E3779B97F4A7C15L;

    private long[] hashes;
    private int[] heads;
    private int[] holders;
    private int size;

    /** An empty table with room for some blocks. */
    BlockTable(int room) {
        int places = places(room);
        hashes = new long[places];
        heads = new int[places];
        holders = new int[places];
    }

    private static int places(int blocks) {
        return (int) Math.min(Integer.MAX_VALUE - 8, (long) blocks * PLACES_PERCENT / 100 + SMALLEST);
    }

    /** How many blocks are stored. */
    int size() {
        return size;
    }

    long bytes() {
        return (long) hashes.length * PLACE_BYTES;
    }

    /** The place of a block, or -1 where it is not stored; it holds until something is added or removed. */
    int find(long hash) {
        long key = key(hash);
        int place = home(key);
        while (hashes[place] != FREE) {
            if (hashes[place] == key) {
                return place;
            }
            place = after(place);
        }
        return -1;
    }

    /** First node that holds the block at a place. */
    int head(int place) {
        return heads[place];
    }

    /** How many nodes hold the block at a place. */
    int holders(int place) {
        return holders[place];
    }

    /**
     * Puts a node before the others that hold a block; there must be room for it.
     *
     * @return the node that was first before, or -1
     */
    int push(long hash, int node) {
        long key = key(hash);
        int place = home(key);
        while (hashes[place] != FREE) {
            if (hashes[place] == key) {
                int before = heads[place];
                heads[place] = node;
                holders[place]++;
                return before;
            }
            place = after(place);
        }
        hashes[place] = key;
        heads[place] = node;
        holders[place] = 1;
        size++;
        return -1;
    }

    /** Another node is the first one at a place now. */
    void head(int place, int node) {
        heads[place] = node;
    }

    /** One node less holds the block at a place; the last one frees it. */
    void release(int place) {
        if (--holders[place] == 0) {
            free(place);
            size--;
        }
    }

    /** Closes the gap, so that whatever was pushed past it is still found. */
    private void free(int place) {
        int gap = place;
        int next = after(gap);
        while (hashes[next] != FREE) {
            int home = home(hashes[next]);
            boolean reachable = gap <= next ? home > gap && home <= next : home > gap || home <= next;
            if (!reachable) {
                hashes[gap] = hashes[next];
                heads[gap] = heads[next];
                holders[gap] = holders[next];
                gap = next;
            }
            next = after(next);
        }
        hashes[gap] = FREE;
    }

    /** Makes room for more blocks; takes as long as finding a new place for each of those that there are. */
    void grow(int blocks) {
        long[] oldHashes = hashes;
        int[] oldHeads = heads;
        int[] oldHolders = holders;
        int places = places(blocks);
        hashes = new long[places];
        heads = new int[places];
        holders = new int[places];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldHashes[i] != FREE) {
                int place = home(oldHashes[i]);
                while (hashes[place] != FREE) {
                    place = after(place);
                }
                hashes[place] = oldHashes[i];
                heads[place] = oldHeads[i];
                holders[place] = oldHolders[i];
            }
        }
    }

    private int after(int place) {
        int next = place + 1;
        return next == hashes.length ? 0 : next;
    }

    private int home(long key) {
        // The hashes of a test may be 1, 2, 3: mixed, they spread.
        return (int) Math.unsignedMultiplyHigh(key * 0xD6E8FEB86659FD93L, hashes.length);
    }

    private static long key(long hash) {
        return hash == FREE ? ZERO : hash;
    }
}
