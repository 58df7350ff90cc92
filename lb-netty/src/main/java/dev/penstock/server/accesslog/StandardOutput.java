package dev.penstock.server.accesslog;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** The standard output of the process, without what the JDK puts in front of it. Used by one thread. */
final class StandardOutput implements LogOutput {
    @SuppressWarnings("resource") // The process's, to be left open.
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
    }

    @Override
    public void look() {}

    @Override
    public void close() {}
}
