package dev.penstock.server.upstream;

import dev.penstock.server.relay.HeadBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;

/** Writes the heads of requests to pods. Confined to one event loop, and shared by all its connections. */
final class RequestHeadWriter implements HeaderSink {
    /** Up to this length a body is copied behind its head: one buffer costs less than two. */
    private static final int COPIED_BODY = 8 * 1024;
    private static final AsciiString VERSION_AND_HOST = AsciiString.cached(" HTTP/1.1\r\nhost: ");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("\r\ncontent-length: ");
    private static final AsciiString CHUNKED = AsciiString.cached("\r\ntransfer-encoding: chunked");

    private static final AsciiString UPGRADE = AsciiString.cached("\r\nconnection: upgrade\r\nupgrade: websocket");

    private final HeadBuilder head;

    RequestHeadWriter(HeadBuilder head) {
        this.head = head;
    }

    void write(Channel channel, UpstreamRequest request, String authority, long length, ByteBuf body) {
        boolean chunked = length == UpstreamConnection.UNKNOWN_LENGTH;
        head.begin().text(request.method()).character(' ').text(request.target()).text(VERSION_AND_HOST)
                .text(authority);
        if (chunked) {
            head.text(CHUNKED);
        } else if (length > 0 || mayHaveBody(request.method())) {
            head.text(CONTENT_LENGTH).decimal(length);
        }
        if (request.websocket()) {
            head.text(UPGRADE);
        }
        head.endLine();
        request.headers(this);
        head.endLine();
        if (!chunked && body.readableBytes() <= COPIED_BODY) {
            ByteBuf whole = head.toBuffer(channel.alloc(), body.readableBytes());
            whole.writeBytes(body);
            body.release();
            channel.write(whole, channel.voidPromise());
        } else {
            channel.write(head.toBuffer(channel.alloc(), 0), channel.voidPromise());
            writeBody(channel, chunked, body);
        }
    }

    private static void writeBody(Channel channel, boolean chunked, ByteBuf body) {
        if (!body.isReadable()) {
            body.release();
        } else if (chunked) {
            ChunkWriter.write(channel, channel.alloc(), body);
        } else {
            channel.write(body, channel.voidPromise());
        }
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        head.header(name, value);
    }

    @Override
    public void line(byte[] bytes, int from, int colon, int to) {
        head.bytes(bytes, from, to + 2 - from);
    }

    private static boolean mayHaveBody(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }
}
