package dev.penstock.server.exchange;

import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * Objects that are costly to make, for use by one request after the other. Confined to one event loop.
 *
 * @param <T> what it holds
 */
final class Shelf<T> {
    private static final int MOST = 64;

    private final Supplier<T> maker;
    private final ArrayDeque<T> free = new ArrayDeque<>();

    Shelf(Supplier<T> maker) {
        this.maker = maker;
    }

    /** One that nobody else has. */
    T take() {
        T taken = free.pollLast();
        return taken == null ? maker.get() : taken;
    }

    /** Gives one back; the caller forgets it. */
    void give(T used) {
        if (free.size() < MOST) {
            free.addLast(used);
        }
    }
}
