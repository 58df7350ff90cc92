package dev.penstock.server.upstream;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to one endpoint, the last one used on top, so that those that are not needed grow old. Confined
 * to one event loop.
 */
final class IdleConnections {
    private static final long LOOK_UP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long OF_USE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int generation;
    private @Nullable Http1Connection[] stack = new Http1Connection[4];
    private int size;
    private long idleLimitNanos;
    private final @Nullable InetSocketAddress name;
    private @Nullable List<InetSocketAddress> addresses;
    private long lookedUpNanos;
    private long usedNanos;

    /**
     * None.
     *
     * @param generation generation of the endpoint
     * @param idleLimitNanos how long a connection may be idle
     * @param name unresolved address of the endpoint where its host is a name, else null
     */
    IdleConnections(int generation, long idleLimitNanos, @Nullable InetSocketAddress name) {
        this.generation = generation;
        this.idleLimitNanos = idleLimitNanos;
        this.name = name;
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
        usedNanos = connection.idleSince();
    }

    // ---- endpoints whose host is a name

    /** The name where it is time to look whether it has other addresses now, else null. */
    @Nullable InetSocketAddress nameToLookUp(long now) {
        if (name == null || now - lookedUpNanos < LOOK_UP_NANOS || now - usedNanos > OF_USE_NANOS) {
            return null;
        }
        lookedUpNanos = now;
        return name;
    }

    /** The addresses that the name has now: closes what leads elsewhere. */
    void addresses(List<InetSocketAddress> found) {
        addresses = found;
        retain(connection -> !hasLeft(connection));
    }

    /** Whether the name had the address of a connection once and has it no more. */
    boolean hasLeft(Http1Connection connection) {
        List<InetSocketAddress> known = addresses;
        return known != null && connection.remoteAddress() instanceof InetSocketAddress remote
                && !known.contains(remote);
    }

    /** Closes those of which a condition does not hold. */
    void retain(Predicate<Http1Connection> condition) {
        List<Http1Connection> closing = new ArrayList<>();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Http1Connection connection = at(i);
            if (condition.test(connection)) {
                stack[kept++] = connection;
            } else {
                closing.add(connection);
            }
        }
        Arrays.fill(stack, kept, size, null);
        size = kept;
        closing.forEach(Http1Connection::close);
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
