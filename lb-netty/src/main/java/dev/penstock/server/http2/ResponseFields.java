package dev.penstock.server.http2;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.HeaderSource;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.relay.ResponseHeadWriter;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;

/** Puts the heads of answers together. Confined to one event loop, and used for one head after the other. */
final class ResponseFields implements HeaderSink {
    /** What goes before the body that a client has to be told to send. */
    static final Http2Headers CONTINUE = ReadOnlyHttp2Headers.serverHeaders(false,
            HttpResponseStatus.CONTINUE.codeAsText());

    /** What is another with each answer would only push what stays the same out of the table of known fields. */
    static final SensitivityDetector NOT_TO_BE_KNOWN = (name, value) -> name == HeaderNames.CONTENT_LENGTH
            || name == HeaderNames.REQUEST_ID || HeaderNames.SESSION_ID.contentEquals(name);

    private AsciiString[] fields = new AsciiString[32];
    private int length;

    /** The head of a pod's answer with our headers; the length is left out where it is negative. */
    Http2Headers relayed(ResponseHead head, HeaderSource added, AsciiString[] overridden, long contentLength) {
        length = 0;
        ResponseHeadWriter.tellRelayed(head, overridden, this::add);
        added.addedHeaders(this);
        return end(head.status(), contentLength);
    }

    /** The head of an answer of our own. */
    Http2Headers own(int status, HeaderSource added, long contentLength) {
        length = 0;
        add(HeaderNames.CONTENT_TYPE, HeaderNames.JSON);
        added.addedHeaders(this);
        return end(status, contentLength);
    }

    private Http2Headers end(int status, long contentLength) {
        if (contentLength >= 0) {
            add(HeaderNames.CONTENT_LENGTH, AsciiString.of(Long.toString(contentLength)));
        }
        return ReadOnlyHttp2Headers.serverHeaders(false, HttpResponseStatus.valueOf(status).codeAsText(),
                Arrays.copyOf(fields, length));
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        add(AsciiString.of(name).toLowerCase(), clean(value));
    }

    private void add(AsciiString name, AsciiString value) {
        if (length == fields.length) {
            fields = Arrays.copyOf(fields, 2 * length);
        }
        fields[length++] = name;
        fields[length++] = value;
    }

    /** A value that is not known to be one: what would end a line becomes a blank, what is no Latin-1 '?'. */
    private static AsciiString clean(CharSequence value) {
        if (isClean(value)) {
            return AsciiString.of(value);
        }
        byte[] bytes = new byte[value.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = value.charAt(i);
            bytes[i] = (byte) (c < ' ' || c == 0x7f ? ' ' : c > 0xff ? '?' : c);
        }
        return new AsciiString(bytes, false).trim();
    }

    private static boolean isClean(CharSequence value) {
        int count = value.length();
        for (int i = 0; i < count; i++) {
            char c = value.charAt(i);
            boolean inner = i > 0 && i < count - 1;
            if (c < ' ' || c >= 0x7f || (c == ' ' && !inner)) {
                return false;
            }
        }
        return true;
    }
}
