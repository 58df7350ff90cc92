package dev.penstock.routers.kvcache;

import java.util.Arrays;

/**
 * Requests that each pod got within the last while, and what they cost: for each pod a ring of buckets of time, which
 * are numbered from any moment on, and their sums, side by side because a decision asks each pod. Confined to one
 * thread.
 */
final class SlidingLoads {

    private static final int BUCKETS = 18;

    private double[] costs = {};
    private int[] requests = {};
    private long[] newest = {};
    private double[] bucketCosts = {};
    private int[] bucketRequests = {};

    /** Length of a bucket of a window. */
    static long bucketNanos(long windowNanos) {
        return Math.max(1, windowNanos / BUCKETS);
    }

    /** A pod got a request. */
    void add(int slot, long now, double cost) {
        if (slot >= newest.length) {
            grow(Math.max(slot + 1, 2 * newest.length));
        }
        pass(slot, now);
        int bucket = bucket(slot, now);
        bucketCosts[bucket] += cost;
        bucketRequests[bucket]++;
        costs[slot] += cost;
        requests[slot]++;
    }

    /** What the requests of a pod cost. */
    double cost(int slot, long now) {
        if (slot >= newest.length) {
            return 0;
        }
        pass(slot, now);
        return costs[slot];
    }

    /** How many requests a pod got. */
    int requests(int slot, long now) {
        if (slot >= newest.length) {
            return 0;
        }
        pass(slot, now);
        return requests[slot];
    }

    /** A pod has left. */
    void forget(int slot) {
        if (slot < newest.length) {
            clear(slot);
        }
    }

    /** It is a later bucket now: forgets those that have left the window. */
    private void pass(int slot, long now) {
        if (newest[slot] != now) {
            turn(slot, now);
        }
    }

    private void turn(int slot, long now) {
        if (requests[slot] == 0 || now - newest[slot] >= BUCKETS) {
            clear(slot);
            newest[slot] = now;
        }
        while (newest[slot] < now) {
            int bucket = bucket(slot, ++newest[slot]);
            costs[slot] -= bucketCosts[bucket];
            requests[slot] -= bucketRequests[bucket];
            bucketCosts[bucket] = 0;
            bucketRequests[bucket] = 0;
        }
    }

    private void clear(int slot) {
        costs[slot] = 0;
        requests[slot] = 0;
        Arrays.fill(bucketCosts, slot * BUCKETS, (slot + 1) * BUCKETS, 0);
        Arrays.fill(bucketRequests, slot * BUCKETS, (slot + 1) * BUCKETS, 0);
    }

    private static int bucket(int slot, long number) {
        return slot * BUCKETS + Math.floorMod(number, BUCKETS);
    }

    private void grow(int slots) {
        costs = Arrays.copyOf(costs, slots);
        requests = Arrays.copyOf(requests, slots);
        newest = Arrays.copyOf(newest, slots);
        bucketCosts = Arrays.copyOf(bucketCosts, slots * BUCKETS);
        bucketRequests = Arrays.copyOf(bucketRequests, slots * BUCKETS);
    }
}
