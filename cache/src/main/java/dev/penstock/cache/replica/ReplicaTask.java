package dev.penstock.cache.replica;

/** Something that {@code lb-replica} does again and again, without ever waiting. Confined to that thread. */
interface ReplicaTask {

    /** Does what there is to do; how much that was. */
    int doWork(long nowNanos);

    /** How long there is nothing to do, unless an answer comes. */
    long restNanos(long nowNanos);

    /** Takes leave of the others. */
    default void leave() {}
}
