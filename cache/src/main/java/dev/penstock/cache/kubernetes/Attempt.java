package dev.penstock.cache.kubernetes;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call or a watch that is under way. What still comes from one that was given up is not taken: whoever began it
 * compares. Confined to {@code lb-kubernetes}.
 */
final class Attempt {

    /** Ends the call early. */
    Runnable cancel = () -> {};
    /** The watch, once it stands. */
    ObjectSource.@Nullable Connection connection;
    /** What it told while a list was read. */
    final List<Runnable> deferred = new ArrayList<>();
    final long startNanos;
    /** When there was last a sign of it. */
    long heardNanos;

    Attempt(long nanos) {
        startNanos = nanos;
        heardNanos = nanos;
    }

    void end() {
        cancel.run();
        if (connection != null) {
            connection.close();
        }
    }
}
