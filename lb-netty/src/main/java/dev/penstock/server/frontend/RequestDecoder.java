package dev.penstock.server.frontend;

import dev.penstock.server.exchange.ProxyContext;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Parses requests, strictly. The one place that decides who parses: what comes behind sees only {@link DecodedHead}
 * and bodies.
 */
final class RequestDecoder extends HttpRequestDecoder {
    /** Bodies come in pieces as large as reads are. */
    private static final int MAX_PIECE = 1 << 20;

    private final Http1Stream stream;

    RequestDecoder(ProxyContext.Limits limits, Http1Stream stream) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.initialLineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxChunkSize(MAX_PIECE)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setValidateHeaders(true));
        this.stream = stream;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        int before = stream.messages();
        super.channelRead(ctx, message);
        if (stream.messages() == before) {
            stream.headBegan();
        }
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Content-Length beside Transfer-Encoding");
    }
}
