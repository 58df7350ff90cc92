package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rendezvous hashing: each candidate draws a number from the key and its own address, and the highest number wins. So a
 * key moves only when its winner leaves or a better one comes, and all proxies agree without talking.
 *
 * <p>The number is FNV-1a of 64 bits over the bytes of the key, a zero byte and the bytes of the address, compared
 * without sign: what AIBrix draws, so that sessions stay where they are when the one takes the place of the other.
 *
 * <p>A step of FNV-1a xors a byte into the lowest byte of the hash and multiplies all of it. So whatever the key has
 * made of the bits above the lowest byte is multiplied by a power of the prime, and added: {@code hash(from, address) =
 * hash(from % 256, address) + (from - from % 256) * prime ^ length(address)}. The first part is one of 256 numbers of
 * an address, and is remembered: 2 KiB for each endpoint at most. Confined to one thread.
 */
final class Rendezvous {

    private static final int MAX_KEY_BYTES = 256;
    private static final int LOWEST_BYTE = 0xFF;
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    // By slot: addresses that are known, and the power of the prime that belongs to the length of each.
    private @Nullable String[] addresses = {};
    private long[] powers = {};
    // By the lowest byte of a key's hash, then by slot: the hash of the address from there; 0 where nobody asked yet.
    private final long[][] hashes = new long[LOWEST_BYTE + 1][0];
    // Most requests of a model have the same list of candidates, until the fleet changes.
    private @Nullable Candidates known;
    private int[] slots = {};

    /** Whether a key binds at all: it is neither empty nor too long. */
    static boolean usable(String key) {
        return !key.isEmpty() && key.length() <= MAX_KEY_BYTES;
    }

    /** Index of the candidate that wins; whatever the order of the candidates, it is the same endpoint. */
    int winner(String key, Candidates candidates) {
        if (candidates != known) {
            learn(candidates);
        }
        long ofKey = hash(OFFSET, key) * PRIME; // the zero byte: xor with it changes nothing
        int lowest = (int) ofKey & LOWEST_BYTE;
        long above = ofKey - lowest;
        long[] ofAddresses = hashesFrom(lowest);
        int size = candidates.size();
        int best = -1;
        long highest = Long.MIN_VALUE;
        for (int i = 0; i < size; i++) {
            int slot = slots[i];
            long ofAddress = ofAddresses[slot];
            if (ofAddress == 0) {
                ofAddress = hash(lowest, candidates.get(i).address());
                ofAddresses[slot] = ofAddress;
            }
            // With the highest bit the other way round, numbers without sign compare as those with one do.
            long drawn = ofAddress + above * powers[slot] ^ Long.MIN_VALUE;
            if (drawn > highest || (drawn == highest && (best < 0 || precedes(candidates, i, best)))) {
                highest = drawn;
                best = i;
            }
        }
        return best;
    }

    private static boolean precedes(Candidates candidates, int index, int other) {
        return candidates.get(index).address().compareTo(candidates.get(other).address()) < 0;
    }

    /** An endpoint has left: it is not to be kept because it was a candidate. */
    void forgetCandidates() {
        known = null;
    }

    private void learn(Candidates candidates) {
        int size = candidates.size();
        if (slots.length < size) {
            slots = new int[size];
        }
        for (int i = 0; i < size; i++) {
            int slot = candidates.get(i).slot();
            slots[i] = slot;
            learn(slot, candidates.get(i).address());
        }
        known = candidates;
    }

    private void learn(int slot, String address) {
        if (slot >= addresses.length) {
            addresses = Arrays.copyOf(addresses, Math.max(slot + 1, 2 * addresses.length));
            powers = Arrays.copyOf(powers, addresses.length);
        }
        if (address.equals(addresses[slot])) {
            return;
        }
        addresses[slot] = address;
        powers[slot] = power(address.length());
        for (long[] ofAddresses : hashes) {
            if (slot < ofAddresses.length) {
                ofAddresses[slot] = 0;
            }
        }
    }

    private long[] hashesFrom(int lowest) {
        if (hashes[lowest].length < addresses.length) {
            hashes[lowest] = Arrays.copyOf(hashes[lowest], addresses.length);
        }
        return hashes[lowest];
    }

    private static long power(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= PRIME;
        }
        return power;
    }

    /** Goes on hashing; a header holds one byte in each char. */
    private static long hash(long from, String text) {
        long hash = from;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ (text.charAt(i) & 0xFF)) * PRIME;
        }
        return hash;
    }

    /** The hash of one text. */
    static long hash(String text) {
        return hash(OFFSET, text);
    }
}
