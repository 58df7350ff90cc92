package dev.penstock.routers.kvcache;

import java.util.Arrays;

/**
 * Requests that a pod got within the last while, and what they cost: a ring of buckets of time, which are numbered from
 * any moment on. Confined to one thread.
 */
final class SlidingLoad {

    private static final int BUCKETS = 18;

    private final double[] costs = new double[BUCKETS];
    private final int[] requests = new int[BUCKETS];
    private double cost;
    private int count;
    private long newest = Long.MIN_VALUE;

    /** Length of a bucket of a window. */
    static long bucketNanos(long windowNanos) {
        return Math.max(1, windowNanos / BUCKETS);
    }

    void add(long now, double costOfOne) {
        pass(now);
        int bucket = (int) Math.floorMod(newest, (long) BUCKETS);
        costs[bucket] += costOfOne;
        requests[bucket]++;
        cost += costOfOne;
        count++;
    }

    double cost(long now) {
        pass(now);
        return cost;
    }

    int requests(long now) {
        pass(now);
        return count;
    }

    /** It is a later bucket now: forgets those that have left the window. */
    private void pass(long now) {
        if (newest == now) {
            return;
        }
        if (newest == Long.MIN_VALUE || now - newest >= BUCKETS) {
            Arrays.fill(costs, 0);
            Arrays.fill(requests, 0);
            cost = 0;
            count = 0;
            newest = now;
        }
        while (newest < now) {
            int bucket = (int) Math.floorMod(++newest, (long) BUCKETS);
            cost -= costs[bucket];
            count -= requests[bucket];
            costs[bucket] = 0;
            requests[bucket] = 0;
        }
    }
}
