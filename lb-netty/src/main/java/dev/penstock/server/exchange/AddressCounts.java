package dev.penstock.server.exchange;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many connections there are from each address, in a room that is the same however many addresses there are. Any
 * thread; no locks.
 *
 * <p>Each address has one counter in each of four rows, shared with others that chance puts there; the least of the
 * four is the count. It is never too low, and too high only where others share all four counters.
 */
final class AddressCounts {
    private static final int ROWS = 4;
    private static final int ROW_BITS = 14;
    private static final int V6 = 16;

    private final AtomicIntegerArray counters = new AtomicIntegerArray(ROWS << ROW_BITS);
    private final long seed;

    AddressCounts(long seed) {
        this.seed = seed;
    }

    /** What an address is counted as: IPv4 as it is, IPv6 by its network of 64 bits, which one client has to itself. */
    static long key(InetAddress address) {
        byte[] bytes = address.getAddress();
        int count = bytes.length == V6 ? V6 / 2 : bytes.length;
        // The length tells 0.0.0.1 from ::1.
        long key = bytes.length;
        for (int i = 0; i < count; i++) {
            key = (key << 8) | (bytes[i] & 0xff);
        }
        return key;
    }

    /** Counts one more; how many there are with it, and perhaps with others that come or go at this moment. */
    int add(long key) {
        change(key, 1);
        // Each row would count two that come at once in an order of its own: only when all four are up is the least of
        // them a count of everybody who came before.
        return least(key);
    }

    /** Counts one less. */
    void remove(long key) {
        change(key, -1);
    }

    private void change(long key, int by) {
        long hash = seed ^ key;
        for (int row = 0; row < ROWS; row++) {
            hash = next(hash);
            counters.addAndGet(slot(row, hash), by);
        }
    }

    private int least(long key) {
        int least = Integer.MAX_VALUE;
        long hash = seed ^ key;
        for (int row = 0; row < ROWS; row++) {
            hash = next(hash);
            least = Math.min(least, counters.get(slot(row, hash)));
        }
        return least;
    }

    private static long next(long hash) {
        return mix(hash + 0x9E3779B97F4A7C15L);
    }

    private static int slot(int row, long hash) {
        return (row << ROW_BITS) | (int) (hash >>> (64 - ROW_BITS));
    }

    /** The finalizer of SplittableRandom: each bit of the input changes each bit of the output. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
