package dev.penstock.server.body;

/** Takes the bytes of a stream, piece by piece. */
public interface ByteSink {
    /** The next bytes: {@code bytes[from, to)}. The array is only lent for the call. */
    void accept(byte[] bytes, int from, int to);
}
