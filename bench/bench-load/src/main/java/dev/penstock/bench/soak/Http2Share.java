package dev.penstock.bench.soak;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connection that some clients share, and another one when it has ended. Any thread, which waits. */
final class Http2Share {
    private final EventLoopGroup loops;
    private final Door door;
    private final Duration patience;
    private final ReentrantLock opening = new ReentrantLock();
    private @Nullable Http2Connection connection;

    Http2Share(EventLoopGroup loops, Door door, Duration patience) {
        this.loops = loops;
        this.door = door;
        this.patience = patience;
    }

    Door door() {
        return door;
    }

    /** The shared connection. */
    Http2Connection connection() throws IOException, InterruptedException {
        opening.lockInterruptibly();
        try {
            Http2Connection open = connection;
            if (open == null || !open.open()) {
                open = Http2Connection.open(loops, door, patience, false);
                connection = open;
            }
            return open;
        } finally {
            opening.unlock();
        }
    }

    /** A connection for one request, over which little is on its way. */
    Http2Connection alone() throws IOException, InterruptedException {
        return Http2Connection.open(loops, door, patience, true);
    }

    /** Ends the shared connection. */
    void close() {
        opening.lock();
        try {
            if (connection != null) {
                connection.giveUp();
            }
        } finally {
            opening.unlock();
        }
    }
}
