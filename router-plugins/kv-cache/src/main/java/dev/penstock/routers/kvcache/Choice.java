package dev.penstock.routers.kvcache;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The least of some costs, equals at random with the same chance for each. Confined to one thread. */
final class Choice {

    private final RandomGenerator random;
    private int[] equals = new int[16];
    private int count;
    private double least;

    Choice(RandomGenerator random) {
        this.random = random;
    }

    void begin() {
        count = 0;
        least = Double.POSITIVE_INFINITY;
    }

    /** Offers a candidate at a cost, which is not NaN. */
    void offer(int candidate, double cost) {
        if (cost > least) {
            return;
        }
        if (cost < least) {
            least = cost;
            count = 0;
        }
        if (count == equals.length) {
            equals = Arrays.copyOf(equals, 2 * count);
        }
        equals[count++] = candidate;
    }

    /** Draws one of the candidates that cost least of the first ones; -1 where there are none. */
    int of(double[] costs, int size) {
        begin();
        for (int i = 0; i < size; i++) {
            offer(i, costs[i]);
        }
        return draw();
    }

    /** Draws one of those that cost least; -1 where none was offered. */
    int draw() {
        return switch (count) {
            case 0 -> -1;
            case 1 -> equals[0];
            default -> equals[random.nextInt(count)];
        };
    }

    /** What they cost; endless where none was offered. */
    double least() {
        return least;
    }
}
