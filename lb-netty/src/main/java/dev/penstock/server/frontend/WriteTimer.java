package dev.penstock.server.frontend;

import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Timed;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Watches a client's connection that has more to take than it is given: one that takes nothing for too long is of no
 * use. A slow one that takes a little is left alone. Confined to the connection's event loop; costs nothing as long as
 * the client keeps up.
 */
public final class WriteTimer extends Timed {
    private final LoopState loop;
    private final Channel channel;
    private final Runnable stalled;
    private boolean full;
    /** What was to be taken when it was looked last. */
    private long pending;

    /**
     * Watches nothing yet.
     *
     * @param stalled called when the client has taken nothing in time; it ends the connection
     */
    public WriteTimer(LoopState loop, Channel channel, Runnable stalled) {
        this.loop = loop;
        this.channel = channel;
        this.stalled = stalled;
    }

    /** The channel's writability has changed. */
    public void writabilityChanged() {
        if (channel.isWritable()) {
            end();
        } else if (!full) {
            full = true;
            pending = pendingBytes();
            arm();
            loop.deadlines().add(this);
        }
    }

    /** Bytes were written that the client has not taken. */
    public void wrote(int bytes) {
        if (full) {
            pending += bytes;
        }
    }

    /** The connection has ended, or is emptied. */
    public void end() {
        if (full) {
            full = false;
            loop.deadlines().remove(this);
        }
    }

    private void arm() {
        long timeout = loop.proxy().context().settings().get().timeouts().writeNanos();
        if (timeout > 0) {
            deadline(loop.nanoTime() + timeout);
        }
    }

    private long pendingBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    @Override
    protected void expired() {
        long now = pendingBytes();
        if (now < pending) {
            pending = now;
            arm();
            loop.deadlines().hurry(this);
        } else {
            end();
            stalled.run();
        }
    }
}
