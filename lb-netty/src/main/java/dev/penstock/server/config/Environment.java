package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What environment variables say: {@code PENSTOCK_LISTEN_PORT} for {@code listen.port}. */
public final class Environment {

    // The launcher's own.
    private static final Set<String> OF_THE_LAUNCHER = Set.of("PENSTOCK_JAVA_HOME", "PENSTOCK_JAVA_OPTS",
            "PENSTOCK_HOME", "PENSTOCK_CHECKOUT", "PENSTOCK_KUBECONFIG");

    // What Kubernetes tells every pod of each service, which may be called "penstock". A port is a URL there.
    private static final Pattern OF_A_SERVICE = Pattern.compile(
            "[A-Z]+_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
    private static final Pattern URL_OF_A_SERVICE = Pattern.compile("(tcp|udp|sctp)://\\S+");

    private Environment() {}

    /**
     * Reads the variables that begin with {@code PENSTOCK_}.
     *
     * @param variables all variables
     * @param settings all settings
     * @return by name of the setting; a variable that belongs to none is there under its own name, to be reported,
     *     unless it is one of those that Kubernetes makes of a service
     */
    public static Map<String, Source> read(Map<String, String> variables, List<Setting<?>> settings) {
        Map<String, String> names = new HashMap<>();
        settings.forEach(setting -> names.put(setting.variable(), setting.name()));
        Map<String, Source> read = new HashMap<>();
        variables.forEach((variable, value) -> {
            if (variable.startsWith(Setting.VARIABLE_PREFIX) && !OF_THE_LAUNCHER.contains(variable)
                    && !ofAService(variable, value)) {
                read.put(names.getOrDefault(variable, variable), new Source(value, "environment " + variable));
            }
        });
        return read;
    }

    /** Whether Kubernetes may have made a variable of a service. */
    static boolean ofAService(String variable, String value) {
        return OF_A_SERVICE.matcher(variable).matches()
                || (variable.endsWith("_PORT") && URL_OF_A_SERVICE.matcher(value).matches());
    }
}
