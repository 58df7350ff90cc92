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
    private long sum;
    private long squares;

    void read(Candidates candidates, PodLoad load) {
        size = candidates.size();
        if (counts.length < size) {
            counts = Arrays.copyOf(counts, size);
        }
        least = Integer.MAX_VALUE;
        most = 0;
        sum = 0;
        squares = 0;
        for (int i = 0; i < size; i++) {
            int count = load.inFlight(candidates.get(i));
            counts[i] = count;
            least = Math.min(least, count);
            most = Math.max(most, count);
            sum += count;
            squares += (long) count * count;
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
        return (double) sum / size;
    }

    /** The sample standard deviation; 0 for a single one. */
    double deviation() {
        if (size < 2) {
            return 0;
        }
        // Of whole numbers, so nothing is lost by taking one large sum from another: size * squares - sum * sum.
        long spread = size * squares - sum * sum;
        return Math.sqrt((double) spread / size / (size - 1));
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
