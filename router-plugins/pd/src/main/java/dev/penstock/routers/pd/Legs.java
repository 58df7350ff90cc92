package dev.penstock.routers.pd;

import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pods of one role that a request may go to, their requests and costs, and which of them are left after the gates.
 * Used again for each decision, so that none makes an array. Confined to one thread.
 */
final class Legs {

    private static final int ALL = -1;

    private @Nullable PodView[] pods = new PodView[16];
    private int[] slots = new int[16];
    private int[] places = new int[16];
    private int[] sets = new int[16];
    private int[] requests = new int[16];
    private double[] costs = new double[16];
    private int size;
    private int onlySet = ALL;
    private int only = ALL;
    private int fewest;
    private int most;
    private double mean;
    private double deviation;

    /** Begins anew: nobody. */
    void clear() {
        size = 0;
        all();
    }

    /** All of them again. */
    void all() {
        onlySet = ALL;
        only = ALL;
    }

    /** One more, at a place among the candidates, of a roleset. */
    void add(PodView pod, int place, int set) {
        if (size == pods.length) {
            int length = 2 * size;
            pods = Arrays.copyOf(pods, length);
            slots = Arrays.copyOf(slots, length);
            places = Arrays.copyOf(places, length);
            sets = Arrays.copyOf(sets, length);
            requests = new int[length];
            costs = new double[length];
        }
        pods[size] = pod;
        slots[size] = pod.slot();
        places[size] = place;
        sets[size++] = set;
    }

    /** Leaves those out whose roleset has nobody of the other role. */
    void retain(int[] others) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (others[sets[i]] > 0) {
                pods[kept] = pods[i];
                slots[kept] = slots[i];
                places[kept] = places[i];
                sets[kept++] = sets[i];
            }
        }
        size = kept;
    }

    int size() {
        return size;
    }

    PodView pod(int leg) {
        PodView pod = pods[leg];
        if (pod == null || leg >= size) {
            throw new IndexOutOfBoundsException(leg);
        }
        return pod;
    }

    int slot(int leg) {
        return slots[leg];
    }

    int place(int leg) {
        return places[leg];
    }

    int set(int leg) {
        return sets[leg];
    }

    /** Whether a leg is left. */
    boolean left(int leg) {
        return (only == ALL || only == leg) && (onlySet == ALL || onlySet == sets[leg]);
    }

    /** Leaves one roleset. */
    void narrowToSet(int set) {
        onlySet = set;
    }

    /** Leaves one. */
    void narrowTo(int leg) {
        only = leg;
    }

    /** Reads the requests in flight of those that are left. */
    void measure(PodLoad load) {
        int least = Integer.MAX_VALUE;
        int highest = 0;
        int counted = 0;
        long sum = 0;
        long squares = 0;
        for (int i = 0; i < size; i++) {
            PodView pod = pods[i];
            if (pod != null && left(i)) {
                int count = load.inFlight(pod);
                requests[i] = count;
                least = Math.min(least, count);
                highest = Math.max(highest, count);
                sum += count;
                squares += (long) count * count;
                counted++;
            }
        }
        fewest = least;
        most = highest;
        mean = counted == 0 ? 0 : (double) sum / counted;
        deviation = counted < 2 ? 0 : Math.sqrt(Math.max(0, squares - sum * mean) / (counted - 1));
    }

    /** Requests in flight, as measured. */
    int requests(int leg) {
        return requests[leg];
    }

    int fewest() {
        return fewest;
    }

    int most() {
        return most;
    }

    double mean() {
        return mean;
    }

    /** Of the sample. */
    double deviation() {
        return deviation;
    }

    double cost(int leg) {
        return costs[leg];
    }

    /** What a leg costs; NaN for one that is not to be chosen. */
    void cost(int leg, double cost) {
        costs[leg] = cost;
    }

    /**
     * The least cost of those that are left, equal ones at random.
     *
     * @return -1 where all are NaN
     */
    int cheapest(RandomGenerator random) {
        int best = -1;
        int equals = 0;
        for (int i = 0; i < size; i++) {
            if (!left(i) || Double.isNaN(costs[i])) {
                continue;
            }
            if (best < 0 || costs[i] < costs[best]) {
                best = i;
                equals = 1;
            } else if (costs[i] == costs[best] && random.nextInt(++equals) == 0) {
                best = i;
            }
        }
        return best;
    }

    /** One with the fewest requests, equal ones at random. */
    int leastBusy(RandomGenerator random) {
        for (int i = 0; i < size; i++) {
            costs[i] = requests[i];
        }
        return cheapest(random);
    }
}
