package dev.penstock.cache.keys;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.core.port.ApiKeyStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keys in {@linkplain KeyLines a file}. A change replaces the file as a whole, so that whoever reads it finds it
 * complete, and is made under its lock, so that two processes lose nothing of each other. One thread at a time.
 */
public final class FileKeyStore implements ApiKeyStore {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path named;
    private final KeyMaker maker;

    /**
     * A file of keys, which is made with its first key.
     *
     * @param random of which nobody can foresee what it gives
     */
    public FileKeyStore(Path file, RandomGenerator random, InstantSource time) {
        this.named = file;
        this.maker = new KeyMaker(random, time);
    }

    @Override
    public Made make(Terms terms) {
        KeyMaker.New made = maker.make(terms);
        change(true, text -> KeyLines.with(text, made.entry()));
        return made.told();
    }

    @Override
    public List<Kept> list() {
        try {
            return KeyMaker.kept(entries(Files.readString(named)).values());
        } catch (IOException e) {
            throw told(e);
        }
    }

    @Override
    public boolean revoke(String id) {
        return change(false, text -> entries(text).containsKey(id) ? KeyLines.without(text, id) : text);
    }

    /** Replaces the text by another one, while nobody else does; whether it is another one. */
    private boolean change(boolean create, UnaryOperator<String> edit) {
        try {
            while (true) {
                // The file that a link leads to: else the link would be replaced.
                Path file = Files.exists(named) ? named.toRealPath() : named;
                Object before = identity(file);
                if (before == null && create) {
                    // Two may find none: both go on with the one that there is then.
                    open(file, StandardOpenOption.CREATE).close();
                    continue;
                }
                try (FileChannel channel = open(file, StandardOpenOption.READ); FileLock lock = channel.lock()) {
                    // Whoever had the lock before has put another file in its place.
                    if (lock.isValid() && Objects.equals(before, identity(file))) {
                        return change(file, read(channel), edit);
                    }
                }
            }
        } catch (IOException e) {
            throw told(e);
        }
    }

    private boolean change(Path file, String text, UnaryOperator<String> edit) throws IOException {
        entries(text);
        String changed = edit.apply(text);
        if (changed.equals(text)) {
            return false;
        }
        replace(file, changed);
        return true;
    }

    private static FileChannel open(Path file, StandardOpenOption option) throws IOException {
        return FileChannel.open(file, Set.of(option, StandardOpenOption.WRITE), OWNER_ONLY);
    }

    /** By the channel that holds the lock: to close another one would give it up. */
    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        int read = 0;
        while (read >= 0 && bytes.hasRemaining()) {
            read = channel.read(bytes);
        }
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    }

    /** What tells a file from the one that takes its place; null where there is none yet. */
    private static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void replace(Path file, String text) throws IOException {
        Path next = file.resolveSibling("." + file.getFileName() + ".next");
        Files.deleteIfExists(next);
        try (FileChannel channel = open(next, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            // Before it takes the place of the other one: after a crash there is one of the two, whole.
            channel.force(true);
        }
        // Somebody may have let a group read it.
        Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(file));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Map<String, KeyEntry> entries(String text) {
        List<FileError> wrong = new ArrayList<>();
        Map<String, KeyEntry> entries = KeyLines.read(text, named.toString(), wrong::add);
        if (!wrong.isEmpty()) {
            throw new UncheckedIOException(new IOException(wrong.getFirst() + (wrong.size() == 1 ? ""
                    : " (and " + (wrong.size() - 1) + " more)")));
        }
        return entries;
    }

    private UncheckedIOException told(IOException e) {
        String reason = switch (e) {
            case NoSuchFileException missing -> Files.isDirectory(Objects.requireNonNull(named.toAbsolutePath()
                    .getParent())) ? "no such file" : "no such directory";
            case AccessDeniedException denied -> "permission denied";
            case CharacterCodingException coding -> "not UTF-8";
            default -> Objects.toString(e.getMessage(), e.toString());
        };
        return new UncheckedIOException(new IOException(named + ": " + reason, e));
    }
}
