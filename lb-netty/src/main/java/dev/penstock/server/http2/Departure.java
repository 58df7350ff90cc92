package dev.penstock.server.http2;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;

/**
 * How a connection ends that has done nothing wrong: two GOAWAY frames with a PING between them, so that what a client
 * has sent before it knew is served, and then the end once nothing runs. Confined to one event loop.
 */
final class Departure {
    private static final int ALL_STREAMS = Integer.MAX_VALUE;
    private static final long PING = 0x70656e73746f636bL;

    private final ClientConnection connection;
    private final ConnectionTimer timer;
    private int lastTaken = ALL_STREAMS;
    private boolean begun;
    private boolean told;

    Departure(ClientConnection connection, ConnectionTimer timer) {
        this.connection = connection;
        this.timer = timer;
    }

    /** Whether the client has been told, or is being told. */
    boolean begun() {
        return begun;
    }

    /** Whether a stream comes too late. */
    boolean refuses(int streamId) {
        return streamId > lastTaken;
    }

    /** Tells the client to go elsewhere. */
    void begin(ChannelHandlerContext ctx) {
        if (!begun) {
            begun = true;
            goAway(ctx, ALL_STREAMS);
            connection.encoder().writePing(ctx, false, PING, ctx.newPromise());
            timer.drains();
            connection.flushSoon();
        }
    }

    /** The client has read what was sent before, if that was the first frame. */
    void pingAcknowledged(ChannelHandlerContext ctx) {
        if (begun && !told) {
            lastCall(ctx);
        }
    }

    /** Tells the client which streams are served, at once. */
    void lastCall(ChannelHandlerContext ctx) {
        begun = true;
        told = true;
        timer.stop();
        lastTaken = Math.max(0, connection.connection().remote().lastStreamCreated());
        goAway(ctx, lastTaken);
        connection.flushSoon();
    }

    /** Past the codec, which would take what a client sends on later streams for a breach of the protocol. */
    private void goAway(ChannelHandlerContext ctx, int lastStream) {
        connection.encoder().frameWriter().writeGoAway(ctx, lastStream, Http2Error.NO_ERROR.code(),
                Unpooled.EMPTY_BUFFER, ctx.newPromise());
    }

    /** Closes the connection behind what was written if the client knows; whether it does. */
    boolean end(ChannelHandlerContext ctx) {
        if (told) {
            timer.linger();
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
        return told;
    }
}
