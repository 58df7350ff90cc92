package dev.penstock.server.upstream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends one half of a connection. Any event loop; holds no state. */
public final class HalfClose {
    private HalfClose() {
    }

    /**
     * Tells the other side that nothing more comes, once everything is sent. An encrypted connection is closed as a
     * whole: few understand it otherwise.
     *
     * @return done when the other side has been told, or cannot be any more
     */
    public static ChannelFuture output(Channel channel) {
        ChannelPromise told = channel.newPromise();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (sent.isSuccess() && channel instanceof DuplexChannel duplex
                    && channel.pipeline().get(SslHandler.class) == null) {
                duplex.shutdownOutput(told);
            } else {
                channel.close(told);
            }
        });
        return told;
    }
}
