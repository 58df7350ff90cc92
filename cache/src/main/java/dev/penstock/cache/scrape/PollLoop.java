package dev.penstock.cache.scrape;

import java.nio.channels.Selector;

/** What polls need of the thread that they run on. Confined to it. */
interface PollLoop {

    /** The time. */
    long nanoTime();

    /** A number that no other poll has. */
    int nextNumber();

    /** Where channels are watched; a {@link Poll} is what is attached. */
    Selector selector();

    /** Addresses of names. */
    NameLookup names();

    /** Bytes to read into; what is in them holds until the next call. */
    byte[] bytes();

    /** Has {@link Poll#due} called at a time, instead of any other time before. */
    void wakeAt(Poll poll, long nanos);

    /** Has {@link Poll#due} called no more. */
    void forget(Poll poll);
}
