package dev.penstock.server.main;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.server.Penstock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options from which a configuration comes. */
final class ConfigOptions {

    @Option(names = {"-c", "--config"}, paramLabel = "FILE",
            description = "Configuration in YAML. Models and live settings are read again when it changes.")
    private @Nullable Path config;

    @Option(names = {"-p", "--port"}, paramLabel = "PORT",
            description = "Traffic port (setting listen.port, default 8080); 0 takes a free one.")
    private @Nullable String port;

    @Option(names = {"-a", "--admin-port"}, paramLabel = "PORT",
            description = "Admin port (setting admin.port, default 9090); 0 takes a free one.")
    private @Nullable String adminPort;

    @Option(names = {"-s", "--set"}, paramLabel = "NAME=VALUE",
            description = "Any setting, for example --set timeouts.connect=1s. Can be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Mixin
    private AibrixOptions aibrix = new AibrixOptions();

    // The next ones return true, so that a reader can say in one expression what it has taken.

    boolean config(Path file) {
        config = file;
        return true;
    }

    boolean port(String value) {
        port = value;
        return true;
    }

    boolean adminPort(String value) {
        adminPort = value;
        return true;
    }

    AibrixOptions aibrix() {
        return aibrix;
    }

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
        aibrix.tell(builder);
        set.forEach((name, value) -> builder.setting(name, value, "--set " + name));
        if (port != null) {
            builder.setting("listen.port", port, "--port");
        }
        if (adminPort != null) {
            builder.setting("admin.port", adminPort, "--admin-port");
        }
        return builder;
    }
}
