package dev.penstock.routers.pd;

import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.Objects;
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
    private int[] starts = {};
    private int[] requests = new int[16];
    private double[] costs = new double[16];
    private int size;
    private int edition;
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
        if (starts.length <= numberOfSets) {
            starts = new int[numberOfSets + 1];
        }
        int sum = 0;
        for (int set = 0; set < numberOfSets; set++) {
            int count = others[set] > 0 ? begins[set] : 0;
            begins[set] = sum;
            starts[set] = sum;
            sum += count;
        }
        starts[numberOfSets] = sum;
        if (sum > pods.length) {
            grow(sum);
        }
        size = sum;
        edition++;
        for (int i = 0; i < from.size; i++) {
            int set = from.sets[i];
            if (others[set] > 0) {
                put(begins[set]++, from.pod(i), from.places[i], set);
            }
        }
        all();
    }

    /** Another number whenever these have become others. */
    int edition() {
        return edition;
    }

    /** Whether all of them are left. */
    boolean complete() {
        return first == 0 && end == size;
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
        first = starts[set];
        end = starts[set + 1];
    }

    /** Leaves one. */
    void narrowTo(int leg) {
        first = leg;
        end = leg + 1;
    }

    /** Reads the requests in flight of those that are left. */
    void measure(PodLoad load) {
        @Nullable PodView[] asked = pods;
        int[] counts = requests;
        int last = end;
        for (int i = first; i < last; i++) {
            counts[i] = load.inFlight(Objects.requireNonNull(asked[i]));
        }
        compare();
    }

    // A pass of its own over a dense column: what reads live figures in between cannot keep sums in registers.
    private void compare() {
        int[] counts = requests;
        int counted = end - first;
        int least = Integer.MAX_VALUE;
        int highest = 0;
        long sum = 0;
        long squares = 0;
        for (int i = first; i < first + counted; i++) {
            int count = counts[i];
            least = Math.min(least, count);
            highest = Math.max(highest, count);
            sum += count;
            squares += (long) count * count;
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

    /** The first leg of a roleset that is left; {@link #end(int)} where none is. */
    int first(int set) {
        return Math.min(Math.max(starts[set], first), end(set));
    }

    /** The leg after the last one of a roleset that is left. */
    int end(int set) {
        return Math.min(starts[set + 1], end);
    }

    /** What legs cost, by leg; not to be changed. */
    double[] costs() {
        return costs;
    }

    double cost(int leg) {
        return costs[leg];
    }

    /** What a leg costs; infinite for one that is not to be chosen. */
    void cost(int leg, double cost) {
        costs[leg] = cost;
    }

    /**
     * The least cost of those that are left, equal ones at random.
     *
     * @return -1 where none is to be chosen
     */
    int cheapest(RandomGenerator random) {
        return cheapest(first, end, random);
    }

    /**
     * The same of a roleset.
     *
     * @return -1 where none of it is to be chosen
     */
    int cheapest(int set, RandomGenerator random) {
        return cheapest(first(set), end(set), random);
    }

    private int cheapest(int from, int to, RandomGenerator random) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        int equals = 0;
        for (int i = from; i < to; i++) {
            double cost = costs[i];
            if (cost < least) {
                best = i;
                least = cost;
                equals = 1;
            } else if (best >= 0 && cost == least && random.nextInt(++equals) == 0) {
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
