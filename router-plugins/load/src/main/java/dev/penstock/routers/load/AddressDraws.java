package dev.penstock.routers.load;

import dev.penstock.spi.PodView;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rendezvous hashing: the number that each pod draws for a key, from the key and its own address. Who draws the highest
 * one is the same for all proxies, and changes only where that pod leaves or a higher one comes. Confined to one
 * thread.
 */
final class AddressDraws {

    // Of addresses, by slot.
    private @Nullable String[] addresses = {};
    private long[] ofAddress = {};

    /** What a pod draws for a key: unsigned. */
    long draw(long key, PodView pod) {
        return mixed(key ^ numberOf(pod));
    }

    private long numberOf(PodView pod) {
        int slot = pod.slot();
        if (slot >= addresses.length) {
            addresses = Arrays.copyOf(addresses, Math.max(slot + 1, 2 * addresses.length));
            ofAddress = Arrays.copyOf(ofAddress, addresses.length);
        }
        String address = pod.address();
        String known = addresses[slot];
        if (known == null || !known.equals(address)) {
            addresses[slot] = address;
            ofAddress[slot] = RequestKey.of(address);
        }
        return ofAddress[slot];
    }

    // Each bit of the number depends on each bit of both.
    private static long mixed(long number) {
        long mixed = (number ^ number >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
