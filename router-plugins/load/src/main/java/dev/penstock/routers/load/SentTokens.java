package dev.penstock.routers.load;

import dev.penstock.spi.PodView;
import java.util.Arrays;

/** Prompt tokens that were sent to each pod since its engine last reported. Confined to one thread. */
final class SentTokens {

    // Ages are asked for one after the other, so the same report seems to move a little.
    private static final double SAME_REPORT_NANOS = 5_000_000;

    private long[] tokens = {};
    private double[] reportedNanos = {};
    private int[] generation = {};

    /** A prompt was sent. */
    void add(PodView pod, long promptTokens) {
        // Finding the slot may put a longer array in the place of this one.
        int slot = slot(pod);
        tokens[slot] += promptTokens;
    }

    /** The engine of a pod has reported: what was sent before is among what it reported. */
    void reported(PodView pod, double atNanos) {
        int slot = slot(pod);
        if (!(atNanos - reportedNanos[slot] <= SAME_REPORT_NANOS)) {
            reportedNanos[slot] = atNanos;
            tokens[slot] = 0;
        }
    }

    /** Tokens that were sent to the pod in a slot since then. */
    long since(int slot) {
        return slot < tokens.length ? tokens[slot] : 0;
    }

    private int slot(PodView pod) {
        int slot = pod.slot();
        if (slot >= tokens.length) {
            int size = Math.max(slot + 1, 2 * tokens.length);
            tokens = Arrays.copyOf(tokens, size);
            int before = reportedNanos.length;
            reportedNanos = Arrays.copyOf(reportedNanos, size);
            Arrays.fill(reportedNanos, before, size, Double.NaN);
            generation = Arrays.copyOf(generation, size);
        }
        if (generation[slot] != pod.generation()) {
            generation[slot] = pod.generation();
            tokens[slot] = 0;
            reportedNanos[slot] = Double.NaN;
        }
        return slot;
    }
}
