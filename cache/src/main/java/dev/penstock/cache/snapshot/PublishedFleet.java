package dev.penstock.cache.snapshot;

import dev.penstock.core.model.Fleet;

/**
 * A fleet with the circumstances of its publication. Immutable; any thread.
 *
 * @param fleet the fleet
 * @param nanos when it was published, by the clock of the cache
 * @param change what was copied for it
 * @param slots how the slots were used
 */
public record PublishedFleet(Fleet fleet, long nanos, PublishedChange change, SlotUse slots) {}
