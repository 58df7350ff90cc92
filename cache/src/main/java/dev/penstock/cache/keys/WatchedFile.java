package dev.penstock.cache.keys;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.discovery.FileWatch;
import dev.penstock.core.port.NanoClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a file says, read again when it changes; while it is of no use, what was last good. Looked at by one thread;
 * {@link #errors} is for any.
 *
 * @param <T> what it says; immutable
 */
final class WatchedFile<T> {
    private static final System.Logger LOG = System.getLogger(WatchedFile.class.getName());

    private final String setting;
    private final Path file;
    private final FileWatch watch;
    private final Reader<T> reader;
    private T good;
    private boolean everGood;
    private volatile List<String> errors = List.of();

    /** Makes something of a text. */
    interface Reader<T> {

        /**
         * Reads a text.
         *
         * @param name of the file, for errors
         * @param errors takes what is wrong; what is returned counts only where there is nothing
         */
        T read(String text, String name, Consumer<FileError> errors);
    }

    /**
     * A file that was not looked at yet.
     *
     * @param setting the one that names it, for errors
     * @param nothing what holds until it was good once
     */
    WatchedFile(String setting, Path file, NanoClock clock, T nothing, Reader<T> reader) {
        this.setting = setting;
        this.file = file;
        this.watch = new FileWatch(file, clock, 0);
        this.reader = reader;
        this.good = nothing;
    }

    /** Looks; whether it says something else now. */
    boolean look() {
        return switch (watch.look()) {
            case FileWatch.Text(String text, boolean changed) -> (changed || !errors.isEmpty()) && take(text);
            case FileWatch.Unreadable(FileError error) -> refuse(List.of(error));
            case FileWatch.Unconfirmed() -> false;
        };
    }

    private boolean take(String text) {
        List<FileError> wrong = new ArrayList<>();
        T read = reader.read(text, file.toString(), wrong::add);
        if (!wrong.isEmpty()) {
            return refuse(wrong);
        }
        good = read;
        everGood = true;
        errors = List.of();
        return true;
    }

    private boolean refuse(List<FileError> wrong) {
        List<String> told = wrong.stream().map(error -> setting + ": " + error).toList();
        if (everGood && !told.equals(errors)) {
            told.forEach(error -> LOG.log(System.Logger.Level.WARNING, "kept what was last good: {0}", error));
        }
        errors = told;
        return false;
    }

    /** What it said when it was last good. */
    T good() {
        return good;
    }

    /** What is wrong with it now. */
    List<String> errors() {
        return errors;
    }
}
