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
            counts[i] = load.inFlight(candidates.get(i));
            least = Math.min(least, counts[i]);
            most = Math.max(most, counts[i]);
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

    double mean() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += counts[i];
        }
        return sum / size;
    }

    /** The sample standard deviation; 0 for a single one. */
    double deviation() {
        if (size < 2) {
            return 0;
        }
        double mean = mean();
        double squares = 0;
        for (int i = 0; i < size; i++) {
            squares += (counts[i] - mean) * (counts[i] - mean);
        }
        return Math.sqrt(squares / (size - 1));
    }
}
