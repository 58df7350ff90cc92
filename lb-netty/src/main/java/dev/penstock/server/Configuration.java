package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.server.config.ConfigFile;
import dev.penstock.server.config.EdgeSettings;
import dev.penstock.server.config.Surroundings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was said of settings, concluded.
 *
 * @param file what the file says
 * @param settings the settings
 * @param routers what the environment says of strategies, more than the file: by strategy, then by name of the setting
 */
record Configuration(ConfigFile file, Settings settings, Map<String, Map<String, Source>> routers) {

    /**
     * Where the parts come from.
     *
     * @param path the file, read again when it changes; or null
     * @param text the text where there is no file
     * @param name name of the text, for messages
     * @param surroundings the environment
     * @param flags what is said by flags or by the embedder
     * @param known all settings that there are
     */
    record Sources(@Nullable Path path, String text, String name, Surroundings surroundings,
            Map<String, Source> flags, List<Setting<?>> known) {

        /** Reads the text as it is now. */
        String currentText() {
            return path == null ? text : read(path);
        }

        /** Reads a file of text. */
        static String read(Path path) {
            try {
                return Files.readString(path);
            } catch (CharacterCodingException e) {
                throw new InvalidSettingsException(List.of(path + ": not UTF-8"));
            } catch (NoSuchFileException e) {
                // Its message is the name of the file alone.
                throw new InvalidSettingsException(List.of(path + ": no such file"));
            } catch (IOException e) {
                throw new InvalidSettingsException(List.of("cannot read " + path + ": " + e.getMessage()));
            }
        }

        /** Where relative names of files in the configuration are seen from. */
        Path folder() {
            Path parent = path == null ? null : path.getParent();
            return parent == null ? Path.of("") : parent;
        }

        String fileName() {
            return path == null ? name : path.toString();
        }
    }

    /**
     * Concludes.
     *
     * @throws InvalidSettingsException names everything that is wrong
     */
    static Configuration read(Sources sources) {
        List<String> errors = new ArrayList<>();
        ConfigFile file = ConfigFile.EMPTY;
        try {
            file = ConfigFile.parse(sources.fileName(), sources.currentText());
        } catch (InvalidSettingsException e) {
            errors.addAll(e.errors());
        }
        try {
            Settings settings = sources.surroundings().conclude(sources.known(), file, sources.flags());
            EdgeSettings.forwarding(settings);
            if (errors.isEmpty()) {
                return new Configuration(file, settings, sources.surroundings().routers());
            }
        } catch (InvalidSettingsException e) {
            errors.addAll(e.errors());
        }
        throw new InvalidSettingsException(errors);
    }

    LiveSettings live() {
        return LiveSettings.from(settings);
    }
}
