package dev.penstock.server.relay;

/** Takes the lines of a stream, without their line feed. */
interface LineSink {
    /** A line; the array is only lent. */
    void line(byte[] bytes, int from, int to);

    /** The beginning of a line that is too long to be kept; its parts and {@link #endOfLong()} follow. */
    void beginLong(byte[] bytes, int from, int to);

    /** The next bytes of a long line. */
    void part(byte[] bytes, int from, int to);

    /** The long line ended. */
    void endOfLong();
}
