package dev.penstock.routers.kvcache;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which pod has which row of the {@link WorkColumns}. Confined to the thread that holds the shard. */
final class FleetWork {

    private final WorkColumns columns;
    private final CandidateRows rows = new CandidateRows();
    private @Nullable PodWork[] pods = {};
    private int[] generations = {};
    private int changes;

    FleetWork(WorkColumns columns) {
        this.columns = columns;
    }

    /** What is on its way to a pod; null where nothing ever was. */
    @Nullable PodWork of(PodView pod) {
        int slot = pod.slot();
        return slot < pods.length && generations[slot] == pod.generation() ? pods[slot] : null;
    }

    /** Whether the slot of a pod has been taken over by a later one. */
    boolean replaced(PodView pod) {
        int slot = pod.slot();
        return slot < pods.length && pods[slot] != null && generations[slot] - pod.generation() > 0;
    }

    /** The row of a pod. */
    int row(PodView pod) {
        return of(pod) == null ? WorkColumns.NOTHING : rowOf(pod.slot());
    }

    /** Opens the row of a pod that has none; whoever had its slot must have been {@linkplain #forget forgotten}. */
    PodWork admit(PodView pod) {
        int slot = pod.slot();
        if (slot >= pods.length) {
            int length = Math.max(slot + 1, 2 * pods.length);
            pods = Arrays.copyOf(pods, length);
            generations = Arrays.copyOf(generations, length);
        }
        PodWork made = columns.open(rowOf(slot));
        pods[slot] = made;
        generations[slot] = pod.generation();
        changes++;
        return made;
    }

    /** Forgets who has a slot, if anybody has. */
    void forget(int slot) {
        if (slot < pods.length && pods[slot] != null) {
            columns.close(rowOf(slot));
            pods[slot] = null;
            changes++;
        }
    }

    /** Slots and rows of candidates; not to be kept beyond the call of the router. */
    CandidateRows rows(Candidates candidates) {
        if (!rows.are(candidates, changes)) {
            rows.read(candidates, changes, this);
        }
        return rows;
    }

    private static int rowOf(int slot) {
        return slot + 1;
    }
}
