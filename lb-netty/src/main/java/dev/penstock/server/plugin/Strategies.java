package dev.penstock.server.plugin;

import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.spi.RouterProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes strategies of the plugins that were loaded. Used at start only. */
public final class Strategies {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

    private Strategies() {}

    /**
     * What became of the plugins.
     *
     * @param usable the strategies that can be asked for
     * @param problems one sentence for each that cannot
     */
    public record Result(List<Strategy> usable, List<String> problems) {}

    /**
     * Makes them.
     *
     * @param plugins what was loaded; where two bring the same name, the first one holds
     * @param settings by strategy, then by name of the setting
     * @param onLoop names of those that event loops may run
     */
    public static Result of(List<Plugin> plugins, Map<String, Map<String, String>> settings, Set<String> onLoop) {
        Map<String, Strategy> usable = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (Plugin plugin : plugins) {
            if (plugin.failure() != null) {
                problems.add("plugin " + plugin.name() + ": " + plugin.failure());
            }
            for (RouterProvider provider : plugin.providers()) {
                add(plugin, provider, settings, onLoop, usable, problems);
            }
        }
        for (String name : settings.keySet()) {
            if (!usable.containsKey(name)) {
                problems.add("routers." + name + ": no such strategy (known: " + String.join(", ", usable.keySet())
                        + ")");
            }
        }
        return new Result(List.copyOf(usable.values()), List.copyOf(problems));
    }

    // Everything that the provider is asked here is code of a plugin, which may throw anything.
    private static void add(Plugin plugin, RouterProvider provider, Map<String, Map<String, String>> settings,
            Set<String> onLoop, Map<String, Strategy> usable, List<String> problems) {
        try {
            String name = provider.name();
            if (name == null || !NAME.matcher(name).matches()) {
                problems.add("plugin " + plugin.name() + ": strategy name " + name
                        + " (expected: lower case letters, digits, dashes)");
                return;
            }
            Strategy other = usable.get(name);
            if (other != null) {
                problems.add("plugin " + plugin.name() + ": strategy " + name + " is already in " + other.source());
                return;
            }
            PluginSettings read = PluginSettings.read(name, provider.settings(),
                    settings.getOrDefault(name, Map.of()));
            String source = plugin.version().isEmpty() ? plugin.name() : plugin.name() + " " + plugin.version();
            provider.needs();
            usable.put(name, new Strategy(name, provider, read, onLoop.contains(name), source));
        } catch (RuntimeException | LinkageError e) {
            problems.add("plugin " + plugin.name() + ": " + e.getMessage());
        }
    }
}
