package dev.penstock.cache.snapshot;

/**
 * What the last publication had to copy; the rest of the fleet is shared with the one before.
 *
 * @param chunks chunks of 64 endpoints
 * @param models models made anew
 */
public record PublishedChange(int chunks, int models) {}
