package dev.penstock.cache.figures;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The folder in which processes that were told nothing else show their figures, each in a file of its own. Immutable;
 * any thread.
 *
 * <p>A name has the id of its process and the second of its start: containers that share the folder may all be number
 * one to themselves.
 *
 * @param path the folder
 */
public record FiguresFolder(Path path) {

    /** Where Linux has memory that is a folder. */
    public static final FiguresFolder SHARED_MEMORY = new FiguresFolder(Path.of("/dev/shm"));

    private static final Logger LOG = System.getLogger(FiguresFolder.class.getName());
    private static final String PREFIX = "penstock-";
    private static final String SUFFIX = ".figures";

    /** Whether files can be made there. */
    public boolean usable() {
        return Files.isDirectory(path) && Files.isWritable(path);
    }

    /** A name that no file has. */
    public Path free() {
        String own = own();
        Path file = path.resolve(own + SUFFIX);
        for (int i = 2; Files.exists(file); i++) {
            file = path.resolve(own + "-" + i + SUFFIX);
        }
        return file;
    }

    private static String own() {
        long started = ProcessHandle.current().info().startInstant().map(Instant::getEpochSecond).orElse(0L);
        return PREFIX + ProcessHandle.current().pid() + "-" + Long.toHexString(started);
    }

    /**
     * The files of processes that run, the newest process first. What cannot be read is left out.
     *
     * @return opened; to be closed by the caller
     */
    public List<FiguresFile> running() {
        List<FiguresFile> running = new ArrayList<>();
        for (Path file : files()) {
            addRunning(file, running);
        }
        running.sort(Comparator.comparingLong(FiguresFile::startedNanos).reversed());
        return running;
    }

    private static void addRunning(Path file, List<FiguresFile> running) {
        try {
            FiguresFile opened = FiguresFile.open(file);
            if (opened.alive()) {
                running.add(opened);
            } else {
                opened.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "it went meanwhile, or belongs to another version or user", e);
        }
    }

    /**
     * Removes the files of processes that have ended without doing so. Those of this process stay: to look at one
     * would give up its lock.
     */
    public void sweep() {
        for (Path file : files()) {
            if (!String.valueOf(file.getFileName()).startsWith(own())) {
                removeLeft(file);
            }
        }
    }

    private static void removeLeft(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            // One without a header is being made.
            if (channel.size() >= FileHeader.BYTES && !FiguresFile.locked(channel)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "it went meanwhile, or belongs to another user, who will remove it", e);
        }
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(path, PREFIX + "*" + SUFFIX)) {
            found.forEach(files::add);
        } catch (IOException e) {
            // No folder, no files.
            return List.of();
        }
        return files;
    }
}
