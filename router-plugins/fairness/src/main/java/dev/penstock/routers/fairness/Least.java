package dev.penstock.routers.fairness;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The least of some costs, of equals any one with the same chance: drawn once, not once for each of them. Used again.
 * Confined to one thread.
 */
final class Least {

    private final RandomGenerator random;
    private double cost;
    private int[] equals = new int[16];
    private int size;

    Least(RandomGenerator random) {
        this.random = random;
    }

    /** Forgets all; from now on only what costs less than a bound counts. */
    void begin(double bound) {
        cost = bound;
        size = 0;
    }

    /** Another one, by a number of its own. */
    void offer(int number, double costs) {
        if (costs < cost) {
            cost = costs;
            equals[0] = number;
            size = 1;
        } else if (costs == cost && size > 0) {
            add(number);
        }
    }

    private void add(int number) {
        if (size == equals.length) {
            equals = Arrays.copyOf(equals, 2 * size);
        }
        equals[size++] = number;
    }

    /** What the best so far costs; the bound where there is none. */
    double cost() {
        return cost;
    }

    /** Number of the best one; -1 where none counts. */
    int draw() {
        return switch (size) {
            case 0 -> -1;
            case 1 -> equals[0];
            default -> equals[random.nextInt(size)];
        };
    }
}
