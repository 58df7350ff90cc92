package dev.penstock.bench.sim;

/** How events of the prefix cache are written: older engines write arrays, newer ones maps. */
public enum KvEventForm {
    /** An event is an array that begins with its kind. */
    ARRAY,
    /** An event is a map with a {@code type}. */
    MAP
}
