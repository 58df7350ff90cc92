package dev.penstock.cache;

import dev.penstock.cache.discovery.DiscoveryState;
import dev.penstock.cache.snapshot.PublishedFleet;
import dev.penstock.cache.snapshot.SlotUse;
import java.util.List;

/**
 * How the cache fares, for the operator. Immutable; any thread.
 *
 * @param version version of the fleet
 * @param ageNanos since when the fleet is as it is
 * @param models models and aliases
 * @param slots how the slots are used
 * @param refusedCommands what sources had to tell again because the cache was behind
 * @param sources how each source fares
 * @param goodAgeNanos for each source, when it was last found good: how old the fleet may be
 */
public record CacheState(long version, long ageNanos, int models, SlotUse slots, long refusedCommands,
        List<DiscoveryState> sources, List<Long> goodAgeNanos) {

    /** Copies the lists. */
    public CacheState {
        sources = List.copyOf(sources);
        goodAgeNanos = List.copyOf(goodAgeNanos);
    }

    static CacheState of(PublishedFleet published, long now, long refused, List<DiscoveryState> sources) {
        return new CacheState(published.fleet().version(), now - published.nanos(), published.fleet().modelCount(),
                published.slots(), refused, sources,
                sources.stream().map(source -> now - source.goodNanos()).toList());
    }
}
