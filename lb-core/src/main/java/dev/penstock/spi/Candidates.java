package dev.penstock.spi;

/**
 * The endpoints that may be chosen for a request, in an order that stays the same from request to request, those of one
 * group side by side. Immutable; walking it makes no object.
 */
public interface Candidates {

    /** How many there are. */
    int size();

    /**
     * The candidate at an index.
     *
     * @param index 0 to {@code size() - 1}
     * @throws IndexOutOfBoundsException for any other index
     */
    PodView get(int index);

    /** How many groups there are; the methods below number them from 0, in the order of their names. */
    int groups();

    /** Name of a group; empty for the pods that belong to none, which come first. */
    String groupName(int group);

    /** Index of the first candidate of a group. */
    int groupStart(int group);

    /** Index after the last candidate of a group. */
    int groupEnd(int group);

    /** Whether an endpoint is among them, perhaps {@linkplain PodView#sameEndpoint seen at another moment}. */
    default boolean contains(PodView endpoint) {
        return indexOf(endpoint) >= 0;
    }

    /** Index of an endpoint, or -1 where it is not among them. */
    default int indexOf(PodView endpoint) {
        for (int i = 0; i < size(); i++) {
            if (get(i).sameEndpoint(endpoint)) {
                return i;
            }
        }
        return -1;
    }
}
