package dev.penstock.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Counts the connections that a listener accepts. Confined to the listener's event loop, but for what says otherwise.
 */
final class Accepted extends ChannelInboundHandlerAdapter {
    private static final long ROUND_MILLIS = 2;

    private final AtomicInteger open = new AtomicInteger();
    private long count;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        count++;
        open.incrementAndGet();
        ((Channel) message).closeFuture().addListener(closed -> open.decrementAndGet());
        ctx.fireChannelRead(message);
    }

    /** Connections that stand now. Any thread. */
    int open() {
        return open.get();
    }

    /**
     * Closes the listener when a look into its backlog has found nothing: what the kernel has accepted in its stead
     * would be reset. Any thread.
     *
     * @param enough whether it is to be closed even if connections keep coming
     */
    void closeWhenQuiet(Channel listener, BooleanSupplier enough) {
        listener.eventLoop().execute(() -> look(listener, enough, -1));
    }

    private void look(Channel listener, BooleanSupplier enough, long countBefore) {
        if (count == countBefore || enough.getAsBoolean()) {
            listener.close();
            return;
        }
        long now = count;
        // A timer, for its loop looks at its channels before it comes due.
        listener.eventLoop().schedule(() -> look(listener, enough, now), ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }
}
