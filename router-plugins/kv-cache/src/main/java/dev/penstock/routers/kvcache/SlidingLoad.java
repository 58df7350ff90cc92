package dev.penstock.routers.kvcache;

import java.util.Arrays;

/** Requests that a pod got within the last while, and what they cost: a ring of buckets. Confined to one thread. */
final class SlidingLoad {

    private static final int BUCKETS = 18;

    private final long bucketNanos;
    private final double[] costs = new double[BUCKETS];
    private final int[] requests = new int[BUCKETS];
    private double cost;
    private int count;
    private long newest = Long.MIN_VALUE;

    SlidingLoad(long windowNanos) {
        bucketNanos = Math.max(1, windowNanos / BUCKETS);
    }

    void add(long nowNanos, double costOfOne) {
        pass(nowNanos);
        int bucket = (int) Math.floorMod(newest, (long) BUCKETS);
        costs[bucket] += costOfOne;
        requests[bucket]++;
        cost += costOfOne;
        count++;
    }

    double cost(long nowNanos) {
        pass(nowNanos);
        return cost;
    }

    int requests(long nowNanos) {
        pass(nowNanos);
        return count;
    }

    private void pass(long nowNanos) {
        long current = Math.floorDiv(nowNanos, bucketNanos);
        if (newest == Long.MIN_VALUE || current - newest >= BUCKETS) {
            Arrays.fill(costs, 0);
            Arrays.fill(requests, 0);
            cost = 0;
            count = 0;
            newest = current;
        }
        while (newest < current) {
            int bucket = (int) Math.floorMod(++newest, (long) BUCKETS);
            cost -= costs[bucket];
            count -= requests[bucket];
            costs[bucket] = 0;
            requests[bucket] = 0;
        }
    }
}
