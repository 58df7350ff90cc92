package dev.penstock.server.main;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.server.Penstock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options from which any configuration comes. */
final class FileOptions {

    @Option(names = {"-c", "--config"}, paramLabel = "FILE",
            description = "Configuration in YAML. Models and live settings are read again when it changes.")
    private @Nullable Path config;

    @Option(names = {"-s", "--set"}, paramLabel = "NAME=VALUE",
            description = "Any setting, for example --set timeouts.connect=1s. Can be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    /** Takes a file; true, so that a reader can say in one expression what it has taken. */
    boolean config(Path file) {
        config = file;
        return true;
    }

    /** Takes a setting; true. */
    boolean set(String name, String value) {
        set.put(name, value);
        return true;
    }

    /** A builder with everything that was said. */
    Penstock.Builder builder() {
        Penstock.Builder builder = Penstock.builder().environment(System.getenv());
        if (config != null) {
            if (!Files.isRegularFile(config) || !Files.isReadable(config)) {
                throw new InvalidSettingsException(List.of("cannot read the configuration " + config));
            }
            builder.configFile(config);
        }
        String home = System.getProperty("penstock.home");
        if (home != null) {
            builder.home(Path.of(home));
        }
        set.forEach((name, value) -> builder.setting(name, value, "--set " + name));
        return builder;
    }
}
