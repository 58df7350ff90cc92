package dev.penstock.routers.kvcache;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodLoad;
import java.util.Arrays;

/** Requests in flight at the candidates of one decision, read once. Used again for each; confined to one thread. */
final class InFlight {

    private int[] counts = new int[16];
    private int size;
    private int least;
    private int most;

    void read(Candidates candidates, PodLoad load) {
        size = candidates.size();
        if (counts.length < size) {
            counts = Arrays.copyOf(counts, size);
        }
        least = Integer.MAX_VALUE;
        most = 0;
        for (int i = 0; i < size; i++) {
            int count = load.inFlight(candidates.get(i));
            counts[i] = count;
            least = Math.min(least, count);
            most = Math.max(most, count);
        }
    }

    int of(int candidate) {
        return counts[candidate];
    }

    int least() {
        return least;
    }

    int most() {
        return most;
    }

    /**
     * So many requests that those with more are too busy.
     *
     * @param deviations standard deviations of the sample that are added to the mean
     */
    double meanAnd(double deviations) {
        long sum = 0;
        long squares = 0;
        for (int i = 0; i < size; i++) {
            sum += counts[i];
            squares += (long) counts[i] * counts[i];
        }
        // Of whole numbers, so nothing is lost by taking one large sum from another.
        double variance = size < 2 ? 0 : (double) (size * squares - sum * sum) / size / (size - 1);
        return (double) sum / size + deviations * Math.sqrt(variance);
    }

    /** One of those with the fewest. */
    int drawLeast(Choice choice) {
        choice.begin();
        for (int i = 0; i < size; i++) {
            choice.offer(i, counts[i]);
        }
        return choice.draw();
    }
}
