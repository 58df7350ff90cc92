package dev.penstock.server.accesslog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A file that others may move away: it is opened again, under its name. Used by one thread. */
final class LogFile implements LogOutput {
    private static final byte[] NEW_LINE = {'\n'};

    private final Path path;
    private @Nullable FileChannel channel;
    private @Nullable Object key;
    private boolean torn;

    /** Opens the file, to write behind what it holds. */
    LogFile(Path path) throws IOException {
        this.path = path;
        open();
    }

    private FileChannel open() throws IOException {
        FileChannel opened = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        channel = opened;
        key = keyNow();
        return opened;
    }

    /** What tells a file from another one of the same name; null where there is none. */
    private @Nullable Object keyNow() throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        FileChannel to = channel;
        if (to == null) {
            to = open();
        }
        if (torn) {
            // Half of a line may be there, of a disk that was full.
            writeAll(to, ByteBuffer.wrap(NEW_LINE));
            torn = false;
        }
        try {
            writeAll(to, ByteBuffer.wrap(bytes, 0, length));
        } catch (IOException e) {
            torn = true;
            throw e;
        }
    }

    private static void writeAll(FileChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    @Override
    public void look() throws IOException {
        Object now = keyNow();
        if (channel == null || now == null || !now.equals(key)) {
            close();
            open();
            torn = false;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
