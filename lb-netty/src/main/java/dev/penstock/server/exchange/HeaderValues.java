package dev.penstock.server.exchange;

import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * All values of one header of a request, in their order, where {@link RequestHead#header} tells the first one. Confined
 * to one event loop; for headers that are rare.
 */
final class HeaderValues implements HeaderSink {
    private final AsciiString wanted;
    private @Nullable StringBuilder joined;
    private int count;

    private HeaderValues(AsciiString wanted) {
        this.wanted = wanted;
    }

    /** Whether the value of a header, or null for none, asks for what the header is about. */
    static boolean isTrue(@Nullable String value) {
        return value != null && HeaderNames.TRUE.contentEqualsIgnoreCase(value);
    }

    /** How often a header is there. */
    static int count(RequestHead head, AsciiString name) {
        return read(head, name).count;
    }

    /** The values with commas between them, as RFC 9110 reads a list in several lines; null where there is none. */
    static @Nullable String joined(RequestHead head, AsciiString name) {
        if (head.header(name) == null) {
            return null;
        }
        StringBuilder values = read(head, name).joined;
        return values == null ? null : values.toString();
    }

    private static HeaderValues read(RequestHead head, AsciiString name) {
        HeaderValues values = new HeaderValues(name);
        head.headers(values);
        return values;
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        if (AsciiString.contentEqualsIgnoreCase(name, wanted)) {
            count++;
            joined = joined == null ? new StringBuilder() : joined.append(", ");
            joined.append(value);
        }
    }
}
