package dev.penstock.server.upstream;

import dev.penstock.server.relay.Ascii;
import io.netty.util.AsciiString;

/** Takes headers one by one, to write them in the form of a protocol. */
@FunctionalInterface
public interface HeaderSink {
    /**
     * The next header.
     *
     * @param name its name, in any case
     * @param value its value, Latin-1
     */
    void header(CharSequence name, CharSequence value);

    /**
     * The next header, as the line that it was read in. For those that can write it on as bytes; others take it as
     * {@link #header}.
     *
     * @param bytes the line {@code name:value}, with CR LF behind it; only lent for the call
     * @param from index of the name
     * @param colon index of the colon
     * @param to index of the CR LF
     */
    default void line(byte[] bytes, int from, int colon, int to) {
        int start = colon + 1;
        int end = to;
        while (start < end && Ascii.isBlank(bytes[start])) {
            start++;
        }
        while (end > start && Ascii.isBlank(bytes[end - 1])) {
            end--;
        }
        header(new AsciiString(bytes, from, colon - from, true), new AsciiString(bytes, start, end - start, true));
    }
}
