package dev.penstock.server.upstream;

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
}
