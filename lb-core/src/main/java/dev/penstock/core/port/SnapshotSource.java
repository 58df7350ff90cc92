package dev.penstock.core.port;

import dev.penstock.core.model.Fleet;

/** Where the fleet comes from. Any thread may call it. */
public interface SnapshotSource {

    /** The fleet as it is now. */
    Fleet current();

    /**
     * A shard tells that it has seen a fleet and will not choose by an earlier one any more. Slots that are free in all
     * fleets from there on may be used again.
     *
     * @param shard number of the shard
     * @param version version of the fleet
     */
    void acknowledge(int shard, long version);

    /**
     * Registers somebody to be told after each publication, on the writer's thread; must not block.
     *
     * @param listener called for as long as the source lives
     */
    void onPublish(Runnable listener);
}
