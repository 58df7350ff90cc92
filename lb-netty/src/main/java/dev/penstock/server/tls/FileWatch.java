package dev.penstock.server.tls;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells when files hold something else. Confined to its caller.
 *
 * <p>A change counts when two looks in a row find it: a certificate and its key are two files, and whoever replaces
 * them does so one after the other.
 */
public final class FileWatch {
    private final List<Path> files;
    private FileContents known;
    private @Nullable FileContents candidate;

    /** Watches files whose contents are known. */
    public FileWatch(List<Path> files, FileContents known) {
        this.files = List.copyOf(files);
        this.known = known;
    }

    /** Reads the files; what they hold now where that has changed and is settled, else null. */
    public @Nullable FileContents look() {
        FileContents found = FileContents.of(files);
        if (found.equals(known)) {
            candidate = null;
            return null;
        }
        if (!found.equals(candidate)) {
            candidate = found;
            return null;
        }
        candidate = null;
        known = found;
        return found;
    }
}
