package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What environment variables say: {@code PENSTOCK_LISTEN_PORT} for {@code listen.port}. */
public final class Environment {

    private static final String PREFIX = "PENSTOCK_";
    // The launcher's own.
    private static final Set<String> OF_THE_LAUNCHER = Set.of("PENSTOCK_JAVA_HOME", "PENSTOCK_JAVA_OPTS",
            "PENSTOCK_HOME", "PENSTOCK_CHECKOUT", "PENSTOCK_KUBECONFIG");

    private Environment() {}

    /**
     * Reads the variables that begin with {@code PENSTOCK_}.
     *
     * @param variables all variables
     * @param settings all settings
     * @return by name of the setting; a variable that belongs to none is there under its own name, to be reported
     */
    public static Map<String, Source> read(Map<String, String> variables, List<Setting<?>> settings) {
        Map<String, String> names = new HashMap<>();
        settings.forEach(setting -> names.put(setting.variable(), setting.name()));
        Map<String, Source> read = new HashMap<>();
        variables.forEach((variable, value) -> {
            if (variable.startsWith(PREFIX) && !OF_THE_LAUNCHER.contains(variable)) {
                read.put(names.getOrDefault(variable, variable), new Source(value, "environment " + variable));
            }
        });
        return read;
    }
}
