package dev.penstock.server.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Watches a client's connection that has more to take than it is given: one that takes nothing for too long is of no
 * use. A slow one that takes a little is left alone. Confined to the connection's event loop; costs nothing as long as
 * the client keeps up.
 */
public final class WriteTimer extends Timed {
    private final LoopState loop;
    private final Runnable stalled;
    /** The channel while it has more than it takes. */
    private @Nullable Channel full;
    /** What was to be taken when it was looked last. */
    private long pending;

    /**
     * Watches nothing yet.
     *
     * @param stalled called when the client has taken nothing in time; it ends the connection
     */
    public WriteTimer(LoopState loop, Runnable stalled) {
        this.loop = loop;
        this.stalled = stalled;
    }

    /** The writability of the connection's channel has changed. */
    public void writabilityChanged(Channel channel) {
        if (channel.isWritable()) {
            end();
        } else if (full == null) {
            full = channel;
            pending = pendingBytes(channel);
            arm();
            loop.deadlines().add(this);
        }
    }

    /** Bytes were written that the client has not taken. */
    public void wrote(int bytes) {
        if (full != null) {
            pending += bytes;
        }
    }

    /** The connection has ended, or is emptied. */
    public void end() {
        if (full != null) {
            full = null;
            loop.deadlines().remove(this);
        }
    }

    private void arm() {
        long timeout = loop.proxy().context().settings().get().timeouts().writeNanos();
        if (timeout > 0) {
            deadline(loop.nanoTime() + timeout);
        }
    }

    private static long pendingBytes(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    @Override
    protected void expired() {
        Channel channel = full;
        long now = channel == null ? 0 : pendingBytes(channel);
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
