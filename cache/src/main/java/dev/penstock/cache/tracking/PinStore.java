package dev.penstock.cache.tracking;

import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Pins;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which endpoint holds a response, up to a number of responses and an age. Any thread.
 *
 * <p>A ring holds what may be remembered, in order of arrival: who takes a place of the ring forgets what was there.
 */
public final class PinStore implements Pins {

    /** Longest id that is remembered, in characters; engines make ids of about forty. */
    static final int LONGEST_ID = 256;

    // A class, not a record: only the very same pin is to be forgotten, not a later one that looks alike.
    private static final class Pin {
        final String responseId;
        final int slot;
        final int generation;
        final String uid;
        final long nanos;

        Pin(String responseId, PodView endpoint, long nanos) {
            this.responseId = responseId;
            this.slot = endpoint.slot();
            this.generation = endpoint.generation();
            this.uid = endpoint.uid();
            this.nanos = nanos;
        }
    }

    private final SnapshotSource snapshots;
    private final NanoClock clock;
    private final long maxAgeNanos;
    private final ConcurrentMap<String, Pin> pins = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable Pin> ring;
    private final AtomicLong next = new AtomicLong();

    /**
     * An empty store.
     *
     * @param snapshots the fleet as it is
     * @param clock the time
     * @param max most responses that are remembered
     * @param maxAgeNanos how long a response is remembered
     */
    public PinStore(SnapshotSource snapshots, NanoClock clock, int max, long maxAgeNanos) {
        this.snapshots = snapshots;
        this.clock = clock;
        this.maxAgeNanos = maxAgeNanos;
        this.ring = new AtomicReferenceArray<>(max);
    }

    @Override
    public void pin(String responseId, PodView endpoint) {
        if (responseId.isEmpty() || responseId.length() > LONGEST_ID) {
            return;
        }
        Pin pin = new Pin(responseId, endpoint, clock.nanoTime());
        int place = (int) Math.floorMod(next.getAndIncrement(), (long) ring.length());
        // Into the map first: whoever takes the place from here on finds it there, so nothing stays for ever.
        pins.put(responseId, pin);
        Pin oldest = ring.getAndSet(place, pin);
        if (oldest != null) {
            pins.remove(oldest.responseId, oldest);
        }
    }

    @Override
    public @Nullable PodView find(String responseId) {
        Pin pin = pins.get(responseId);
        if (pin == null) {
            return null;
        }
        if (clock.nanoTime() - pin.nanos > maxAgeNanos) {
            pins.remove(responseId, pin);
            return null;
        }
        PodView endpoint = snapshots.current().endpoint(pin.slot);
        boolean same = endpoint != null && endpoint.generation() == pin.generation && endpoint.uid().equals(pin.uid);
        return same ? endpoint : null;
    }

    /** How many responses are remembered, those included that are too old. */
    public int size() {
        return pins.size();
    }
}
