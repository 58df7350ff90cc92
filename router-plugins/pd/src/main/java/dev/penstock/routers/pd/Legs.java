package dev.penstock.routers.pd;

import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pods of one role that a request may go to, those of a roleset side by side; their requests and costs, and which
 * of them are left after the gates: those from {@link #first} to before {@link #end}. Used again for each decision, so
 * that none makes an array. Confined to one thread.
 */
final class Legs {

    private @Nullable PodView[] pods = new PodView[16];
    private int[] slots = new int[16];
    private int[] places = new int[16];
    private int[] sets = new int[16];
    private int[] requests = new int[16];
    private double[] costs = new double[16];
    private int size;
    private int first;
    private int end;
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
        first = 0;
        end = size;
    }

    /** One more, at a place among the candidates, of a roleset. */
    void add(PodView pod, int place, int set) {
        if (size == pods.length) {
            grow(2 * size);
        }
        put(size++, pod, place, set);
    }

    private void grow(int length) {
        pods = Arrays.copyOf(pods, length);
        slots = Arrays.copyOf(slots, length);
        places = Arrays.copyOf(places, length);
        sets = Arrays.copyOf(sets, length);
        requests = new int[length];
        costs = new double[length];
    }

    private void put(int leg, PodView pod, int place, int set) {
        pods[leg] = pod;
        slots[leg] = pod.slot();
        places[leg] = place;
        sets[leg] = set;
    }

    /**
     * Becomes those of another one whose roleset has somebody of the other role, by roleset.
     *
     * @param from in any order
     * @param begins number of legs by roleset, which becomes where the next one of it goes
     * @param others number of the other role by roleset
     * @param numberOfSets more than the highest number of a roleset
     */
    void sorted(Legs from, int[] begins, int[] others, int numberOfSets) {
        int sum = 0;
        for (int set = 0; set < numberOfSets; set++) {
            int count = others[set] > 0 ? begins[set] : 0;
            begins[set] = sum;
            sum += count;
        }
        if (sum > pods.length) {
            grow(sum);
        }
        size = sum;
        for (int i = 0; i < from.size; i++) {
            int set = from.sets[i];
            if (others[set] > 0) {
                put(begins[set]++, from.pod(i), from.places[i], set);
            }
        }
        all();
    }

    /** The first leg that is left. */
    int first() {
        return first;
    }

    /** The leg after the last one that is left. */
    int end() {
        return end;
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

    /** Leaves one roleset. */
    void narrowToSet(int set) {
        while (sets[first] != set) {
            first++;
        }
        end = first;
        while (end < size && sets[end] == set) {
            end++;
        }
    }

    /** Leaves one. */
    void narrowTo(int leg) {
        first = leg;
        end = leg + 1;
    }

    /** Reads the requests in flight of those that are left. */
    void measure(PodLoad load) {
        int least = Integer.MAX_VALUE;
        int highest = 0;
        long sum = 0;
        long squares = 0;
        for (int i = first; i < end; i++) {
            int count = load.inFlight(pod(i));
            requests[i] = count;
            least = Math.min(least, count);
            highest = Math.max(highest, count);
            sum += count;
            squares += (long) count * count;
        }
        fewest = least;
        most = highest;
        int counted = end - first;
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

    /** Numbers of the rolesets, by leg; not to be changed. */
    int[] sets() {
        return sets;
    }

    /** What legs cost, by leg; not to be changed. */
    double[] costs() {
        return costs;
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
        for (int i = first; i < end; i++) {
            if (Double.isNaN(costs[i])) {
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
        for (int i = first; i < end; i++) {
            costs[i] = requests[i];
        }
        return cheapest(random);
    }
}
