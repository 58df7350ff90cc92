package dev.penstock.server.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Writes the heads of requests to one connection. Confined to its event loop; an object rather than functions so that
 * telling headers needs no object for each request.
 */
final class RequestHeadWriter implements HeaderSink {
    /** Up to this length a body is copied behind its head: one buffer costs less than two. */
    private static final int COPIED_BODY = 8 * 1024;
    private static final int HEAD_ROOM = 768;
    private static final AsciiString VERSION_AND_HOST = AsciiString.cached(" HTTP/1.1\r\nhost: ");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("\r\ncontent-length: ");
    private static final AsciiString CHUNKED = AsciiString.cached("\r\ntransfer-encoding: chunked");
    private static final short CRLF = '\r' << 8 | '\n';
    private static final short COLON = ':' << 8 | ' ';

    private @Nullable ByteBuf out;

    void write(Channel channel, UpstreamRequest request, String authority, long length, ByteBuf body) {
        boolean chunked = length == UpstreamConnection.UNKNOWN_LENGTH;
        boolean copied = !chunked && body.readableBytes() <= COPIED_BODY;
        ByteBuf head = channel.alloc().ioBuffer(HEAD_ROOM + (copied ? body.readableBytes() : 0));
        out = head;
        ByteBufUtil.writeAscii(head, request.method());
        head.writeByte(' ');
        ByteBufUtil.writeAscii(head, request.target());
        ByteBufUtil.writeAscii(head, VERSION_AND_HOST);
        ByteBufUtil.writeAscii(head, authority);
        if (chunked) {
            ByteBufUtil.writeAscii(head, CHUNKED);
        } else if (length > 0 || mayHaveBody(request.method())) {
            ByteBufUtil.writeAscii(head, CONTENT_LENGTH);
            writeDecimal(head, length);
        }
        head.writeShort(CRLF);
        request.headers(this);
        head.writeShort(CRLF);
        out = null;
        if (copied) {
            head.writeBytes(body);
            body.release();
            channel.write(head, channel.voidPromise());
        } else {
            channel.write(head, channel.voidPromise());
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
        ByteBuf head = out;
        if (head == null) {
            throw new IllegalStateException("no head is being written");
        }
        ByteBufUtil.writeAscii(head, name);
        head.writeShort(COLON);
        ByteBufUtil.writeAscii(head, value);
        head.writeShort(CRLF);
    }

    private static boolean mayHaveBody(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    private static void writeDecimal(ByteBuf out, long value) {
        long scale = 1;
        while (value / scale >= 10) {
            scale *= 10;
        }
        for (; scale > 0; scale /= 10) {
            out.writeByte((int) ('0' + value / scale % 10));
        }
    }
}
