package dev.penstock.server.upstream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to one endpoint, the last one used on top, so that those that are not needed grow old. Confined
 * to one event loop.
 */
final class IdleConnections {
    private final int generation;
    private @Nullable Http1Connection[] stack = new Http1Connection[4];
    private int size;
    private long idleLimitNanos;

    IdleConnections(int generation, long idleLimitNanos) {
        this.generation = generation;
        this.idleLimitNanos = idleLimitNanos;
    }

    int generation() {
        return generation;
    }

    int size() {
        return size;
    }

    void idleLimit(long nanos) {
        idleLimitNanos = nanos;
    }

    void push(Http1Connection connection) {
        if (size == stack.length) {
            stack = Arrays.copyOf(stack, 2 * size);
        }
        stack[size++] = connection;
    }

    /** The connection that was used last, or null where none is young enough. */
    @Nullable Http1Connection pop(long now) {
        if (size == 0) {
            return null;
        }
        Http1Connection top = stack[--size];
        stack[size] = null;
        assert top != null;
        if (now - top.idleSince() > idleLimitNanos) {
            top.close();
            closeAll();
            return null;
        }
        return top;
    }

    void remove(Http1Connection connection) {
        for (int i = size - 1; i >= 0; i--) {
            if (stack[i] == connection) {
                System.arraycopy(stack, i + 1, stack, i, size - i - 1);
                stack[--size] = null;
                return;
            }
        }
    }

    /** Closes those that have been idle for too long. */
    void sweep(long now) {
        int old = 0;
        while (old < size && now - at(old).idleSince() > idleLimitNanos) {
            old++;
        }
        if (old == 0) {
            return;
        }
        Http1Connection[] closing = new Http1Connection[old];
        System.arraycopy(stack, 0, closing, 0, old);
        System.arraycopy(stack, old, stack, 0, size - old);
        Arrays.fill(stack, size - old, size, null);
        size -= old;
        for (Http1Connection connection : closing) {
            connection.close();
        }
    }

    void closeAll() {
        while (size > 0) {
            Http1Connection connection = at(--size);
            stack[size] = null;
            connection.close();
        }
    }

    private Http1Connection at(int index) {
        Http1Connection connection = stack[index];
        assert connection != null;
        return connection;
    }
}
