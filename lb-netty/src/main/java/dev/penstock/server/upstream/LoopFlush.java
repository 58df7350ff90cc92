package dev.penstock.server.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sends what was written in one turn of an event loop at the end of that turn, before the loop waits again. Confined to
 * that loop.
 *
 * <p>A send in the midst of a turn wakes its receiver, which has done its little work and sleeps again before the next
 * send: waking is what costs most of a send, so receivers are woken once for all that a turn has for them.
 */
public final class LoopFlush implements Runnable {
    private final EventLoop loop;
    private @Nullable Channel[] channels = new Channel[64];
    private int size;
    private boolean scheduled;

    /** Nothing to send. */
    public LoopFlush(EventLoop loop) {
        this.loop = loop;
    }

    /** Flushes a channel of this loop at the end of the turn. */
    public void atEndOfTurn(Channel channel) {
        assert loop.inEventLoop();
        if (size == channels.length) {
            channels = Arrays.copyOf(channels, 2 * size);
        }
        channels[size++] = channel;
        if (!scheduled) {
            scheduled = true;
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        // A flush may make room, and somebody write more.
        for (int i = 0; i < size; i++) {
            Channel channel = channels[i];
            channels[i] = null;
            if (channel != null) {
                channel.flush();
            }
        }
        size = 0;
        scheduled = false;
    }
}
