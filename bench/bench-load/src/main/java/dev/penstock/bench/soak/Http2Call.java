package dev.penstock.bench.soak;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * A request as HTTP/2 sends it.
 *
 * @param headers the head
 * @param body    what is sent of the body
 * @param whole   whether that is all of it; else the client never says that it has ended
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
record Http2Call(Http2Headers headers, byte[] body, boolean whole) {
    /** What HTTP/2 says in its frames, or not at all. */
    private static final Set<String> OF_HTTP1 = Set.of("host", "connection", "transfer-encoding", "expect");

    /** The same request, which was written for HTTP/1.1, with a length and not in chunks. */
    static Http2Call of(Call call, String scheme) {
        byte[] bytes = call.bytes();
        int end = headEnd(bytes);
        String[] lines = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        String[] first = lines[0].split(" ", -1);
        Http2Headers headers = new DefaultHttp2Headers().method(first[0]).path(first[1]).scheme(scheme)
                .authority("penstock");
        long length = 0;
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            String value = lines[i].substring(colon + 1).trim();
            if (name.equals("content-length")) {
                length = Long.parseLong(value);
            }
            if (!OF_HTTP1.contains(name)) {
                headers.add(name, value);
            }
        }
        byte[] body = Arrays.copyOfRange(bytes, end + 4, bytes.length);
        return new Http2Call(headers, body, body.length == length);
    }

    private static int headEnd(byte[] bytes) {
        for (int i = 0; i + 3 < bytes.length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i;
            }
        }
        throw new IllegalArgumentException("no end of the head");
    }
}
