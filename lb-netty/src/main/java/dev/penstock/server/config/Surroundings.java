package dev.penstock.server.config;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process finds where it is started: its environment variables, and whether it stands where AIBrix's gateway
 * stood. Immutable; any thread.
 *
 * @param variables all environment variables
 * @param aibrix whether AIBrix's variables and ports hold
 */
public record Surroundings(Map<String, String> variables, boolean aibrix) {

    /** Where nothing is to be found. */
    public static final Surroundings NONE = new Surroundings(Map.of(), false);

    private static final String FLAG = "--aibrix";
    private static final String DISCOVERY_FILE = "discovery.file";

    /** Copies. */
    public Surroundings {
        variables = Map.copyOf(variables);
    }

    /**
     * Concludes the settings.
     *
     * @param known all settings that there are
     * @param file what the file says
     * @param flags what the flags say
     * @throws InvalidSettingsException names everything that is wrong
     */
    public Settings conclude(List<Setting<?>> known, ConfigFile file, Map<String, Source> flags) {
        Map<String, Source> environment = new HashMap<>();
        if (aibrix) {
            environment.putAll(AibrixVariables.read(variables, known));
        }
        environment.putAll(Environment.read(variables, known));
        boolean listed = file.hasModels() || file.settings().containsKey(DISCOVERY_FILE)
                || environment.containsKey(DISCOVERY_FILE) || flags.containsKey(DISCOVERY_FILE);
        return Settings.conclude(known, aibrix ? defaults(known, listed) : Map.of(), file.settings(), environment,
                flags);
    }

    /**
     * Where AIBrix's clients and scrapers look: Envoy's listener, and the side port of its plugin on all addresses;
     * where its pods are, which are shown the key of clients there; how its gateways count where they share a Redis;
     * and how Envoy chooses for requests that name no strategy.
     */
    private static Map<String, Source> defaults(List<Setting<?>> known, boolean listed) {
        Map<String, String> wanted = new HashMap<>(Map.of(ServerSettings.PORT.name(), "10080",
                ServerSettings.ADMIN_PORT.name(), "8080", ServerSettings.ADMIN_HOST.name(), "0.0.0.0",
                "kubernetes.enabled", String.valueOf(!listed), "keys.forward", "true", "limits.mode", "aibrix",
                LiveSettings.STRATEGY.name(), "least-request"));
        Map<String, Source> defaults = new HashMap<>();
        for (Setting<?> setting : known) {
            String text = wanted.get(setting.name());
            if (text != null) {
                defaults.put(setting.name(), new Source(text, FLAG));
            }
        }
        return defaults;
    }

    /** What the environment says of strategies: by strategy, then by name of the setting. */
    public Map<String, Map<String, Source>> routers() {
        return aibrix ? AibrixRouterVariables.read(variables) : Map.of();
    }

    /** What the environment says and nothing here answers to, for the log. */
    public List<String> passedOver(List<Setting<?>> known) {
        return aibrix ? AibrixVariables.passedOver(variables, known) : List.of();
    }
}
