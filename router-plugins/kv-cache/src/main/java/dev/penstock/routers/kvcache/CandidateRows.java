package dev.penstock.routers.kvcache;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/**
 * Slots of candidates, and their rows in the {@link WorkColumns}, side by side. Candidates are mostly those of the
 * request before, so that nothing need be looked up for a decision. Confined to one thread.
 */
final class CandidateRows {

    private @Nullable Candidates candidates;
    private int readAt;
    private int[] slots = {};
    private int[] rows = {};

    /** Whether it holds these candidates, with the rows as of some change. */
    boolean are(Candidates of, int changes) {
        return of == candidates && changes == readAt;
    }

    void read(Candidates of, int changes, FleetWork work) {
        int size = of.size();
        if (slots.length != size) {
            slots = new int[size];
            rows = new int[size];
        }
        for (int i = 0; i < size; i++) {
            PodView pod = of.get(i);
            slots[i] = pod.slot();
            rows[i] = work.row(pod);
        }
        candidates = of;
        readAt = changes;
    }

    /** How many candidates there are. */
    int size() {
        return slots.length;
    }

    /** Slot of a candidate. */
    int slot(int candidate) {
        return slots[candidate];
    }

    /** Row of a candidate. */
    int row(int candidate) {
        return rows[candidate];
    }
}
