package dev.penstock.server.frontend;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.ProxyContext;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/** Reads requests by Netty's decoder at its strictest, and tells what was read as {@link Requests} does. */
final class NettyRequests {
    private static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(false, true);

    private NettyRequests() {
    }

    static String read(byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new Decoder(ProxyContext.Limits.standard(1)));
        channel.writeInbound(UNTRACKED.buffer().writeBytes(bytes));
        StringBuilder story = new StringBuilder();
        boolean refused = false;
        Object message;
        while ((message = channel.readInbound()) != null) {
            refused = refused || !tell((HttpObject) message, story);
            ReferenceCountUtil.release(message);
        }
        channel.finishAndReleaseAll();
        return story.toString();
    }

    private static boolean tell(HttpObject message, StringBuilder story) {
        if (message.decoderResult().isFailure() || (message instanceof HttpRequest head && fault(head))) {
            story.append("<refused>");
            return false;
        }
        if (message instanceof HttpRequest head) {
            story.append(head.method().name()).append(' ').append(head.uri())
                    .append(head.protocolVersion().equals(HttpVersion.HTTP_1_0) ? " 1.0" : " 1.1");
            head.headers().iteratorCharSequence().forEachRemaining(header ->
                    Requests.header(story, header.getKey(), header.getValue()));
            story.append(" {");
        }
        if (message instanceof HttpContent content) {
            Requests.payload(story, content.content().toString(StandardCharsets.ISO_8859_1));
        }
        if (message instanceof LastHttpContent) {
            story.append("}\n");
        }
        return true;
    }

    /** What Netty does not look at. */
    private static boolean fault(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        boolean http11 = version.equals(HttpVersion.HTTP_1_1);
        if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return true;
        }
        if (http11 && request.headers().get(HeaderNames.HOST) == null) {
            return true;
        }
        String coding = request.headers().get(HeaderNames.TRANSFER_ENCODING);
        return coding != null && !(http11 && coding.equalsIgnoreCase("chunked")
                && request.headers().getAll(HeaderNames.TRANSFER_ENCODING).size() == 1);
    }

    private static final class Decoder extends HttpRequestDecoder {
        Decoder(ProxyContext.Limits limits) {
            super(new HttpDecoderConfig()
                    .setMaxInitialLineLength(limits.initialLineBytes())
                    .setMaxHeaderSize(limits.headerBytes())
                    .setAllowDuplicateContentLengths(false)
                    .setStrictLineParsing(true)
                    .setUseRfc9112TransferEncoding(true)
                    .setValidateHeaders(true));
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("Content-Length beside Transfer-Encoding");
        }
    }
}
