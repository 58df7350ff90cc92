package dev.penstock.cache.replica;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers by which replicas call endpoints: made of namespace, name, UID and port, so that they are the same in all
 * of them, and a pod that is made anew under its name has another one. Slots are no use for that: each replica gives
 * them as it learns of pods. Confined to {@code lb-replica}.
 */
final class EndpointIds {

    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final long NOBODY = -1;

    private final SnapshotSource snapshots;
    private final Long2LongHashMap slots = new Long2LongHashMap(NOBODY);
    private Fleet fleet = Fleet.EMPTY;
    private long[] ids = {};

    EndpointIds(SnapshotSource snapshots) {
        this.snapshots = snapshots;
    }

    /** The number of an endpoint. */
    static long of(PodView endpoint) {
        long hash = mixed(BASIS, endpoint.namespace());
        hash = mixed(hash, endpoint.name());
        hash = mixed(hash, endpoint.uid());
        hash = (hash ^ endpoint.port()) * PRIME;
        // FNV leaves its upper bits alike for texts that differ at the end.
        hash ^= hash >>> 32;
        hash *= 0x9e3779b97f4a7c15L;
        return hash ^ hash >>> 29;
    }

    private static long mixed(long hash, String text) {
        long mixed = hash;
        for (int i = 0; i < text.length(); i++) {
            mixed = (mixed ^ text.charAt(i)) * PRIME;
        }
        // A separator that no name has, so that "a" and "bc" are not "ab" and "c".
        return (mixed ^ 0xffff) * PRIME;
    }

    /** Takes the fleet as it is now; whether it is another one. */
    boolean look() {
        Fleet now = snapshots.current();
        if (now == fleet) {
            return false;
        }
        fleet = now;
        slots.clear();
        ids = new long[now.slots()];
        for (int slot = 0; slot < ids.length; slot++) {
            PodView endpoint = now.endpoint(slot);
            if (endpoint != null) {
                ids[slot] = of(endpoint);
                slots.put(ids[slot], slot);
            }
        }
        return true;
    }

    /** The fleet at the last look. */
    Fleet fleet() {
        return fleet;
    }

    /** The number of the endpoint in a slot that has one. */
    long id(int slot) {
        return ids[slot];
    }

    /** The slot of an endpoint, or -1 where the fleet has none of this number. */
    int slot(long id) {
        return (int) slots.get(id);
    }

    /** The endpoint of a number; null where the fleet has none. */
    @Nullable PodView endpoint(long id) {
        return fleet.endpoint(slot(id));
    }
}
