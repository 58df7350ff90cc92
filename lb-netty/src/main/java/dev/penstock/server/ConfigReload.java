package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/**
 * The settings as they are now: concluded at start, and again when the file changes. What cannot hold changes nothing.
 * Written by {@code lb-admin}; any thread may read.
 */
final class ConfigReload {

    private static final Logger LOG = System.getLogger(ConfigReload.class.getName());

    private final Configuration.Sources sources;
    private String lastText;
    private volatile Settings settings;
    private volatile LiveSettings live;
    private volatile List<String> errors = List.of();

    ConfigReload(Configuration.Sources sources, Configuration first) {
        this.sources = sources;
        this.lastText = first.file().text();
        this.settings = first.settings();
        this.live = first.live();
    }

    Settings settings() {
        return settings;
    }

    LiveSettings live() {
        return live;
    }

    /** What is wrong with the file as it is now. */
    List<String> errors() {
        return errors;
    }

    /**
     * Reads the file again if there is one, and it has changed or was of no use: what it names may be there now.
     *
     * @param validation takes the changed configuration, or throws
     */
    void check(Consumer<Configuration> validation) {
        if (sources.path() == null) {
            return;
        }
        try {
            String text = sources.currentText();
            if (text.equals(lastText) && errors.isEmpty()) {
                return;
            }
            lastText = text;
            Configuration changed = Configuration.read(sources);
            validation.accept(changed);
            warnOfStatic(changed.settings());
            settings = settings.withLiveOf(changed.settings());
            live = changed.live();
            errors = List.of();
            LOG.log(Level.INFO, "read the changed configuration " + sources.fileName());
        } catch (InvalidSettingsException e) {
            if (!e.errors().equals(errors)) {
                e.errors().forEach(error -> LOG.log(Level.WARNING, "configuration not changed: " + error));
            }
            errors = e.errors();
        }
    }

    // Against what holds, so that it is said again until the restart.
    private void warnOfStatic(Settings changed) {
        for (Settings.Entry entry : changed.entries()) {
            Settings.Entry before = settings.entry(entry.setting().name());
            if (!entry.setting().live() && before != null && !before.value().equals(entry.value())) {
                LOG.log(Level.WARNING, "setting " + entry.setting().name() + ": takes effect at the next start");
            }
        }
    }
}
