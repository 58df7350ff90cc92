package dev.penstock.cache.snapshot;

/**
 * How the slots were used at a publication.
 *
 * @param taken slots that are held or not yet free again
 * @param leaving slots of endpoints that have left, held by requests or by shards that have not seen it
 * @param waitingPods pods with an endpoint that waits for a slot
 */
public record SlotUse(int taken, int leaving, int waitingPods) {}
