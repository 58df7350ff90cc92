package dev.penstock.server.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** Hands what a client sends to its connection, and counts what does nothing. Confined to one event loop. */
final class FrameEvents implements Http2FrameListener {
    /** A window that opens by less is not worth its frame, or is there to make us send tiny ones. */
    private static final int SMALL_INCREMENT = 256;

    private final ClientConnection connection;
    private final FloodGuard guard;

    FrameEvents(ClientConnection connection, FloodGuard guard) {
        this.connection = connection;
        this.guard = guard;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int streamDependency,
            short weight, boolean exclusive, int padding, boolean endOfStream) throws Http2Exception {
        connection.requireReader();
        connection.headers(streamId, (FieldList) headers, endOfStream);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
            boolean endOfStream) {
        throw new IllegalStateException("the decoder calls the other one");
    }

    @Override
    public void onPushPromiseRead(ChannelHandlerContext ctx, int streamId, int promisedStreamId, Http2Headers headers,
            int padding) {
        throw new IllegalStateException("the decoder refuses it");
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        if (!data.isReadable() && !endOfStream) {
            guard.count(FloodGuard.Kind.CONTROL);
        }
        return connection.data(streamId, data, padding, endOfStream);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
        guard.count(FloodGuard.Kind.RESETS);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        connection.requireReader();
        guard.count(FloodGuard.Kind.CONTROL);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
        guard.count(FloodGuard.Kind.CONTROL);
        connection.settingsAcknowledged();
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        connection.requireReader();
        guard.count(FloodGuard.Kind.CONTROL);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        guard.count(FloodGuard.Kind.CONTROL);
        connection.pingAcknowledged();
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int streamId, int streamDependency, short weight,
            boolean exclusive) throws Http2Exception {
        guard.count(FloodGuard.Kind.CONTROL);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int windowSizeIncrement)
            throws Http2Exception {
        if (windowSizeIncrement < SMALL_INCREMENT) {
            guard.count(FloodGuard.Kind.CONTROL);
        }
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags,
            ByteBuf payload) throws Http2Exception {
        guard.count(FloodGuard.Kind.CONTROL);
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData)
            throws Http2Exception {
        guard.count(FloodGuard.Kind.CONTROL);
    }
}
