package dev.penstock.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was in some files at one moment. Immutable; two are equal where the files held the same bytes, whatever became
 * of links and time stamps on the way there.
 */
public final class FileContents {
    /** Far beyond any bundle of certificates. */
    private static final int LARGEST = 4 << 20;

    private final Map<Path, ByteBuffer> bytes = new HashMap<>();
    private final Map<Path, String> unreadable = new HashMap<>();

    private FileContents() {}

    /** Reads files; blocks as long as the disk does. */
    public static FileContents of(Collection<Path> files) {
        FileContents contents = new FileContents();
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] read = in.readNBytes(LARGEST + 1);
                if (read.length > LARGEST) {
                    throw new IOException("larger than " + LARGEST + " bytes");
                }
                contents.bytes.put(file, ByteBuffer.wrap(read));
            } catch (NoSuchFileException e) {
                contents.unreadable.put(file, "no such file");
            } catch (IOException e) {
                contents.unreadable.put(file, "cannot be read: " + (e.getMessage() == null ? e : e.getMessage()));
            }
        }
        return contents;
    }

    /**
     * The bytes of a file.
     *
     * @param errors takes the reason where there are none
     * @return null where there are none
     */
    public byte @Nullable [] bytes(NamedFile file, List<String> errors) {
        ByteBuffer read = bytes.get(file.path());
        if (read == null) {
            errors.add(file.error(unreadable.getOrDefault(file.path(), "not read")));
            return null;
        }
        byte[] copy = new byte[read.remaining()];
        read.duplicate().get(copy);
        return copy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileContents that && bytes.equals(that.bytes) && unreadable.equals(that.unreadable);
    }

    @Override
    public int hashCode() {
        return 31 * bytes.hashCode() + unreadable.hashCode();
    }
}
