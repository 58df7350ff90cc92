package dev.penstock.cache.discovery;

import dev.penstock.core.port.NanoClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks again and again what a file says. Confined to one thread at a time.
 *
 * <p>It compares what is in the file, not its time stamps: an edit within one tick of the file system's clock, a
 * restored backup and the swapped links of a mounted ConfigMap are all seen. A new text counts when two looks in a row
 * find it, so an editor that is half done changes nothing.
 */
public final class FileWatch {

    private static final long LARGEST = 64L << 20;
    /** Looks come this much closer together while something is not done yet. */
    private static final int HURRY = 10;

    /** What a look found. */
    public sealed interface Look {}

    /**
     * A text that can be read.
     *
     * @param text the text
     * @param changed whether it is another one than at the look before
     */
    public record Text(String text, boolean changed) implements Look {}

    /**
     * The file cannot be read.
     *
     * @param error why
     */
    public record Unreadable(FileError error) implements Look {}

    /** Something else stands there, which counts if the next look finds it, too. */
    public record Unconfirmed() implements Look {}

    private final Path file;
    private final NanoClock clock;
    private final long intervalNanos;
    private byte @Nullable [] known;
    private byte @Nullable [] candidate;
    private long lookedNanos;

    /**
     * A file that was not looked at yet.
     *
     * @param file the file
     * @param clock the time
     * @param intervalNanos time between two looks
     */
    public FileWatch(Path file, NanoClock clock, long intervalNanos) {
        this.file = file;
        this.clock = clock;
        this.intervalNanos = intervalNanos;
        this.lookedNanos = clock.nanoTime() - intervalNanos;
    }

    /**
     * How long it is until the next look.
     *
     * @param hurry whether its owner has something to do before
     */
    public long restNanos(boolean hurry) {
        long interval = candidate != null || hurry ? intervalNanos / HURRY : intervalNanos;
        return Math.max(0, interval - (clock.nanoTime() - lookedNanos));
    }

    /** Looks. What the first look finds counts at once. */
    public Look look() {
        lookedNanos = clock.nanoTime();
        byte[] found;
        try {
            found = read();
        } catch (IOException e) {
            candidate = null;
            return new Unreadable(unreadable(e));
        }
        boolean same = Arrays.equals(found, known);
        if (!same && known != null && !Arrays.equals(found, candidate)) {
            candidate = found;
            return new Unconfirmed();
        }
        candidate = null;
        known = found;
        try {
            return new Text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(found)).toString(), !same);
        } catch (CharacterCodingException e) {
            return new Unreadable(new FileError(file.toString(), 0, 0, "not UTF-8"));
        }
    }

    private byte[] read() throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException("larger than " + LARGEST + " bytes");
        }
        return Files.readAllBytes(file);
    }

    private FileError unreadable(IOException e) {
        String reason = e instanceof NoSuchFileException ? "no such file"
                : "cannot be read: " + (e.getMessage() == null ? e.toString() : e.getMessage());
        return new FileError(file.toString(), 0, 0, reason);
    }
}
