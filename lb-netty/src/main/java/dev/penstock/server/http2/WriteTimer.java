package dev.penstock.server.http2;

import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Timed;

/** The deadline of a client that reads nothing of its whole connection. Confined to one event loop. */
final class WriteTimer extends Timed {
    private final LoopState loop;
    private final ClientConnection connection;
    private boolean running;

    WriteTimer(LoopState loop, ClientConnection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    /** Whether the channel takes bytes has changed, or the channel has ended. */
    void writable(boolean now) {
        long patience = loop.proxy().context().settings().get().timeouts().idleNanos();
        if (now && running) {
            running = false;
            loop.deadlines().remove(this);
        } else if (!now && !running && patience > 0) {
            running = true;
            deadline(loop.nanoTime() + patience);
            loop.deadlines().add(this);
        }
    }

    @Override
    protected void expired() {
        connection.closeNow();
    }
}
