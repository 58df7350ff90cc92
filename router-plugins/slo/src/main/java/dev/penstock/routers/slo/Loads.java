package dev.penstock.routers.slo;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodLoad;
import java.util.random.RandomGenerator;

/**
 * The loads of the endpoints of a group side by side, as they were at one moment: each endpoint is asked once for a
 * decision, whatever is then wanted of them. Used again. Confined to the thread that holds the shard.
 */
final class Loads {

    private final PodLoad load;
    private double[] loads = {};
    private int size;
    private double least;
    // Indexes of those that have the least, in their order.
    private int[] leastLoaded = {};
    private int equals;

    Loads(PodLoad load) {
        this.load = load;
    }

    /**
     * Asks the candidates from one index to another.
     *
     * @param measured whether load is counted in shares of what an endpoint carries, or else in requests
     */
    void take(Candidates candidates, int start, int end, boolean measured) {
        size = end - start;
        if (loads.length < size) {
            loads = new double[size];
            leastLoaded = new int[size];
        }
        if (measured) {
            shares(candidates, start);
        } else {
            requests(candidates, start);
        }
        findLeast();
    }

    private void shares(Candidates candidates, int start) {
        for (int i = 0; i < size; i++) {
            double pending = load.pendingLoad(candidates.get(start + i));
            // A profile that has come this very moment: nothing is counted by it yet.
            loads[i] = Double.isNaN(pending) ? 0 : pending;
        }
    }

    private void requests(Candidates candidates, int start) {
        for (int i = 0; i < size; i++) {
            loads[i] = load.inFlight(candidates.get(start + i));
        }
    }

    private void findLeast() {
        double lowest = Double.POSITIVE_INFINITY;
        int count = 0;
        for (int i = 0; i < size; i++) {
            double there = loads[i];
            if (there < lowest) {
                lowest = there;
                count = 0;
            }
            if (there == lowest) {
                leastLoaded[count++] = i;
            }
        }
        least = lowest;
        equals = count;
    }

    int size() {
        return size;
    }

    /** The load of an endpoint, by its index within the group. */
    double at(int index) {
        return loads[index];
    }

    /** The load of the endpoint that has the least of it: what does not fit there fits nowhere. */
    double least() {
        return least;
    }

    /** The last one of those that have the least, as AIBrix does: with each choice counted at once, they take turns. */
    int lastOfLeast() {
        return leastLoaded[equals - 1];
    }

    /** Any one of those that have the least. */
    int anyOfLeast(RandomGenerator random) {
        return leastLoaded[random.nextInt(equals)];
    }

    /** The load of all endpoints. */
    double total() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += loads[i];
        }
        return sum;
    }
}
