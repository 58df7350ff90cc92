package dev.penstock.cache.scrape;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Families by the names of their series, found by bytes. Immutable; any thread. */
final class FamilyNames {

    /** What a series is of its family. */
    enum Role {
        /** The value, or the labels. */
        VALUE,
        /** Sum of a histogram. */
        SUM,
        /** Count of a histogram. */
        COUNT,
        /** A bucket of a histogram. */
        BUCKET,
        /** None: the name stands after {@code # TYPE} only. */
        TYPE
    }

    /**
     * What a name stands for.
     *
     * @param name the name
     * @param family its family
     * @param number number of the family in the mapping
     * @param role what a series of this name is
     */
    record Entry(String name, Family family, int number, Role role) {}

    private final @Nullable Entry[] table;
    private final byte[][] names;

    FamilyNames(List<Family> families) {
        table = new Entry[Integer.highestOneBit(Math.max(1, families.size() * 5)) * 4];
        names = new byte[table.length][];
        for (int number = 0; number < families.size(); number++) {
            Family family = families.get(number);
            boolean histogram = family.kind() == Family.Kind.TIMES || family.kind() == Family.Kind.HISTOGRAM;
            if (histogram) {
                put(family.name() + "_sum", family, number, Role.SUM);
                put(family.name() + "_count", family, number, Role.COUNT);
            }
            if (family.kind() == Family.Kind.HISTOGRAM) {
                put(family.name() + "_bucket", family, number, Role.BUCKET);
            }
            for (String name : family.typeNames()) {
                boolean value = !histogram && name.equals(family.name());
                put(name, family, number, value ? Role.VALUE : Role.TYPE);
            }
        }
    }

    private void put(String name, Family family, int number, Role role) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        int at = index(hash(bytes, 0, bytes.length));
        while (table[at] != null) {
            at = (at + 1) & (table.length - 1);
        }
        names[at] = bytes;
        table[at] = new Entry(name, family, number, role);
    }

    /** What a name stands for, or null where it is not looked at. */
    @Nullable Entry find(byte[] bytes, int from, int to) {
        int at = index(hash(bytes, from, to));
        Entry entry = table[at];
        while (entry != null && !Arrays.equals(names[at], 0, names[at].length, bytes, from, to)) {
            at = (at + 1) & (table.length - 1);
            entry = table[at];
        }
        return entry;
    }

    private int index(int hash) {
        return (hash ^ (hash >>> 15)) & (table.length - 1);
    }

    private static int hash(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + bytes[i];
        }
        return hash;
    }
}
