package dev.penstock.cache.scrape;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Which series a page has had so far, by hashes of 64 bits. Bounded. Not thread-safe. */
final class SeriesSet {

    /** Most series that are looked at. */
    static final int MOST = 4_096;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final long[] table = new long[MOST * 2];
    private final int[] used = new int[MOST];
    private int size;

    /** Forgets all. */
    void clear() {
        for (int i = 0; i < size; i++) {
            table[used[i]] = 0;
        }
        size = 0;
    }

    /** Whether there is none. */
    boolean empty() {
        return size == 0;
    }

    /** Whether there is no room for another one. */
    boolean full() {
        return size == MOST;
    }

    /**
     * Takes a series by its bytes.
     *
     * @return false where it was there
     */
    boolean add(byte[] bytes, int from, int to) {
        long hash = hash(bytes, from, to) | 1; // 0 is a free place
        int at = (int) (hash >>> 40) & (table.length - 1);
        while (table[at] != 0) {
            if (table[at] == hash) {
                return false;
            }
            at = (at + 1) & (table.length - 1);
        }
        table[at] = hash;
        used[size++] = at;
        return true;
    }

    private static long hash(byte[] bytes, int from, int to) {
        long hash = (long) to - from;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            hash = mix(hash, (long) WORD.get(bytes, at));
        }
        long rest = 0;
        for (; at < to; at++) {
            rest = (rest << Byte.SIZE) | (bytes[at] & 0xff);
        }
        return mix(hash, rest);
    }

    private static long mix(long hash, long word) {
        long next = (hash ^ word) * MULTIPLIER;
        return next ^ (next >>> 32);
    }
}
