package dev.penstock.routers.kvcache.index;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * Finds a node by a key that the node itself has: open addressing with linear probing over numbers of nodes, so that no
 * key is kept twice. Confined to one thread.
 */
final class NodeTable {

    /** Bytes for each node that there is room for. */
    static final int BYTES_PER_NODE = 6;

    private static final int NONE = -1;
    private static final int SMALLEST = 64;
    /** Bytes of places that are there for no node. */
    static final int SPARE_BYTES = SMALLEST * Integer.BYTES;

    private final IntToLongFunction keys;
    private int[] places;

    /**
     * An empty table with room for some nodes.
     *
     * @param keys key of a node, the same as long as it is in the table
     */
    NodeTable(int room, IntToLongFunction keys) {
        this.keys = keys;
        places = empty(room);
    }

    private static int[] empty(int room) {
        int[] made = new int[(int) Math.min(Integer.MAX_VALUE - 8, (long) room * BYTES_PER_NODE / Integer.BYTES
                + SMALLEST)];
        Arrays.fill(made, NONE);
        return made;
    }

    long bytes() {
        return (long) places.length * Integer.BYTES;
    }

    /** The node with a key, or -1. */
    int find(long key) {
        for (int place = home(key);; place = after(place)) {
            int node = places[place];
            if (node == NONE || keys.applyAsLong(node) == key) {
                return node;
            }
        }
    }

    /** Puts a node in, in the place of the one that has its key, if there is one. There must be room for it. */
    void put(int node) {
        long key = keys.applyAsLong(node);
        int place = home(key);
        while (places[place] != NONE && keys.applyAsLong(places[place]) != key) {
            place = after(place);
        }
        places[place] = node;
    }

    /** Takes the node with a key out, and closes the gap, so that whatever was put past it is still found. */
    void remove(long key) {
        int gap = home(key);
        while (places[gap] != NONE && keys.applyAsLong(places[gap]) != key) {
            gap = after(gap);
        }
        if (places[gap] == NONE) {
            return;
        }
        int next = after(gap);
        while (places[next] != NONE) {
            int home = home(keys.applyAsLong(places[next]));
            boolean reachable = gap <= next ? home > gap && home <= next : home > gap || home <= next;
            if (!reachable) {
                places[gap] = places[next];
                gap = next;
            }
            next = after(next);
        }
        places[gap] = NONE;
    }

    /** Makes room for more nodes; takes as long as finding a new place for each that there is. */
    void grow(int room) {
        int[] old = places;
        places = empty(room);
        for (int node : old) {
            if (node != NONE) {
                put(node);
            }
        }
    }

    private int after(int place) {
        int next = place + 1;
        return next == places.length ? 0 : next;
    }

    private int home(long key) {
        return (int) Math.unsignedMultiplyHigh(key * 0xD6E8FEB86659FD93L, places.length);
    }
}
