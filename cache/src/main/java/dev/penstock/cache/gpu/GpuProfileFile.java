package dev.penstock.cache.gpu;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.discovery.FileWatch;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.NanoClock;
import java.nio.file.Path;
import java.util.List;

/**
 * Learns GPU profiles from a file, and looks again and again whether it says something else. The duty cycle is confined
 * to {@code lb-profiles}; {@link #errors} is for any thread.
 */
public final class GpuProfileFile {

    private static final System.Logger LOG = System.getLogger(GpuProfileFile.class.getName());

    private final String name;
    private final FileWatch watch;
    private final GpuProfileStore store;
    private boolean everGood;
    private volatile List<FileError> errors = List.of();

    /**
     * A source that has not looked yet.
     *
     * @param settings where the file is
     * @param store takes the profiles
     * @param clock the time
     */
    public GpuProfileFile(GpuProfileSettings settings, GpuProfileStore store, NanoClock clock) {
        this.name = settings.file();
        this.watch = new FileWatch(Path.of(name), clock, settings.intervalNanos());
        this.store = store;
    }

    /** What is wrong with the file, in one look; empty where there is none, or nothing wrong. */
    public static List<String> problems(GpuProfileSettings settings) {
        if (settings.file().isEmpty()) {
            return List.of();
        }
        GpuProfileFile once = new GpuProfileFile(settings, new GpuProfileStore(), () -> 0);
        once.look();
        return once.errors.stream().map(FileError::toString).toList();
    }

    /**
     * Learns what there is at the start.
     *
     * @throws InvalidSettingsException where the file is missing or wrong
     */
    public void load() {
        look();
        if (!errors.isEmpty()) {
            throw new InvalidSettingsException(errors.stream().map(FileError::toString).toList());
        }
    }

    /** What is wrong with the file now; while something is, the last good profiles hold. */
    public List<FileError> errors() {
        return errors;
    }

    /** How long the duty cycle may rest. */
    public long restNanos() {
        return watch.restNanos(false);
    }

    /** Looks, where that is due; how much work that was. */
    public int doWork() {
        if (restNanos() > 0) {
            return 0;
        }
        look();
        return 1;
    }

    private void look() {
        switch (watch.look()) {
            case FileWatch.Text(String text, boolean changed) -> {
                if (changed || !errors.isEmpty()) {
                    take(text);
                }
            }
            case FileWatch.Unreadable(FileError error) -> refuse(List.of(error));
            case FileWatch.Unconfirmed() -> { }
        }
    }

    private void take(String text) {
        switch (GpuProfileReader.parse(text, name)) {
            case GpuProfileReader.Parsed(var profiles) -> {
                store.replace(name, profiles);
                errors = List.of();
                everGood = true;
                LOG.log(System.Logger.Level.INFO, "{0}: {1} GPU profiles", name, profiles.size());
            }
            case GpuProfileReader.Refused(var wrong) -> refuse(wrong);
        }
    }

    private void refuse(List<FileError> wrong) {
        if (everGood && !wrong.equals(errors)) {
            wrong.forEach(error -> LOG.log(System.Logger.Level.ERROR, "kept the last good profiles: {0}", error));
        }
        errors = wrong;
    }
}
