package dev.penstock.routers.fairness;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The fewest and the most tokens of those users who have any. Each has a place; a change makes no object, and takes as
 * many steps as there are rounds in a tournament of all of them. Confined to one thread.
 */
final class TokenRange {

    private static final double NONE = Double.POSITIVE_INFINITY;

    private final BitSet taken = new BitSet();
    private int capacity = 16;
    // Of two places, then of two pairs and so on: node n is of nodes 2n and 2n + 1, the first one of all. The places
    // themselves come last.
    private double[] fewest = new double[2 * capacity];
    private double[] most = new double[2 * capacity];

    TokenRange() {
        Arrays.fill(fewest, NONE);
    }

    /** A place for another user, who has none. */
    int take() {
        int place = taken.nextClearBit(0);
        taken.set(place);
        if (place == capacity) {
            grow();
        }
        return place;
    }

    /** The user of a place is forgotten. */
    void release(int place) {
        set(place, 0);
        taken.clear(place);
    }

    /** The user of a place has so many now. */
    void set(int place, double tokens) {
        int node = capacity + place;
        fewest[node] = tokens > 0 ? tokens : NONE;
        most[node] = Math.max(tokens, 0);
        for (node /= 2; node > 0; node /= 2) {
            if (!decide(node)) {
                return;
            }
        }
    }

    private boolean decide(int node) {
        double less = Math.min(fewest[2 * node], fewest[2 * node + 1]);
        double more = Math.max(most[2 * node], most[2 * node + 1]);
        if (less == fewest[node] && more == most[node]) {
            return false;
        }
        fewest[node] = less;
        most[node] = more;
        return true;
    }

    private void grow() {
        double[] fewestBefore = fewest;
        double[] mostBefore = most;
        int before = capacity;
        capacity *= 2;
        fewest = new double[2 * capacity];
        most = new double[2 * capacity];
        Arrays.fill(fewest, NONE);
        System.arraycopy(fewestBefore, before, fewest, capacity, before);
        System.arraycopy(mostBefore, before, most, capacity, before);
        for (int node = capacity - 1; node > 0; node--) {
            decide(node);
        }
    }

    /** Whether nobody has any. */
    boolean isEmpty() {
        return most[1] == 0;
    }

    double fewest() {
        return fewest[1];
    }

    double most() {
        return most[1];
    }
}
