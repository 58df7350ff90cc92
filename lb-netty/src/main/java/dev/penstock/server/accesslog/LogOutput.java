package dev.penstock.server.accesslog;

import java.io.IOException;

/** Where lines go. Used by one thread. */
interface LogOutput extends AutoCloseable {
    /** Writes whole lines. Where it fails, some of them may have been written. */
    void write(byte[] bytes, int length) throws IOException;

    /** Called about once a second: whether what was opened is still what is meant. */
    void look() throws IOException;

    @Override
    void close() throws IOException;
}
