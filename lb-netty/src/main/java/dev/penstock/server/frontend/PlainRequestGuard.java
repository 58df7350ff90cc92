package dev.penstock.server.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AsciiString;

/**
 * Looks at the first byte that a client sends to a port that speaks TLS: a request in cleartext is told so, in
 * cleartext. Confined to its event loop; gone after that byte.
 */
final class PlainRequestGuard extends ChannelInboundHandlerAdapter {
    private static final AsciiString BODY = AsciiString.cached(
            "400 the plain HTTP request was sent to an HTTPS port\n");
    private static final AsciiString ANSWER = AsciiString.cached("HTTP/1.1 400 Bad Request\r\n"
            + "content-type: text/plain\r\nconnection: close\r\ncontent-length: " + BODY.length() + "\r\n\r\n" + BODY);

    private final Runnable refused;
    private boolean answered;

    /** Calls when a request was refused. */
    PlainRequestGuard(Runnable refused) {
        this.refused = refused;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (answered) {
            bytes.release();
        } else if (bytes.isReadable() && isMethod(bytes.getByte(bytes.readerIndex()))) {
            answered = true;
            bytes.release();
            refused.run();
            ByteBuf answer = ctx.alloc().ioBuffer(ANSWER.length());
            ByteBufUtil.writeAscii(answer, ANSWER);
            // From here: the handler of TLS is behind this one.
            ctx.writeAndFlush(answer).addListener(done -> ctx.close());
        } else {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(bytes);
        }
    }

    /** A record of TLS begins with a number below 32, a method with a letter. */
    private static boolean isMethod(byte first) {
        return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
    }
}
