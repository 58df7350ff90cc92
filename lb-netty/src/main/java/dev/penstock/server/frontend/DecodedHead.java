package dev.penstock.server.frontend;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.RequestHead;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.spi.ErrorCode;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A head that Netty has parsed. Confined to one event loop. */
final class DecodedHead implements RequestHead {
    private static final String CHUNKED = "chunked";

    private final HttpRequest request;
    private final HttpHeaders headers;
    private final boolean http10;
    private final long bodyLength;

    private DecodedHead(HttpRequest request, boolean http10, long bodyLength) {
        this.request = request;
        this.headers = request.headers();
        this.http10 = http10;
        this.bodyLength = bodyLength;
    }

    /** Why a request cannot be taken, or null; what Netty does not look at is looked at here. */
    static @Nullable ErrorCode fault(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            return cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException
                    ? ErrorCode.HEADERS_TOO_LARGE : ErrorCode.MALFORMED_REQUEST;
        }
        HttpVersion version = request.protocolVersion();
        boolean http11 = version.equals(HttpVersion.HTTP_1_1);
        if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return ErrorCode.MALFORMED_REQUEST;
        }
        HttpHeaders headers = request.headers();
        if (http11 && headers.get(HeaderNames.HOST) == null) {
            return ErrorCode.MALFORMED_REQUEST;
        }
        String coding = headers.get(HeaderNames.TRANSFER_ENCODING);
        // Another coding inside the chunks, or chunks that an older server would not see, have no safe reading.
        boolean safe = coding == null || (http11 && coding.equalsIgnoreCase(CHUNKED)
                && headers.getAll(HeaderNames.TRANSFER_ENCODING).size() == 1);
        return safe ? null : ErrorCode.MALFORMED_REQUEST;
    }

    /** The head of a request without {@linkplain #fault fault}. */
    static DecodedHead of(HttpRequest request) {
        HttpHeaders headers = request.headers();
        String length = headers.get(HeaderNames.CONTENT_LENGTH);
        long body = length == null ? 0 : Long.parseLong(length.trim());
        if (length == null && headers.contains(HeaderNames.TRANSFER_ENCODING)) {
            body = -1;
        }
        return new DecodedHead(request, request.protocolVersion().equals(HttpVersion.HTTP_1_0), body);
    }

    boolean http10() {
        return http10;
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public String target() {
        return request.uri();
    }

    @Override
    public @Nullable String header(AsciiString name) {
        return headers.get(name);
    }

    @Override
    public long bodyLength() {
        return bodyLength;
    }

    @Override
    public void headers(HeaderSink sink) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            sink.header(header.getKey(), header.getValue());
        }
    }
}
