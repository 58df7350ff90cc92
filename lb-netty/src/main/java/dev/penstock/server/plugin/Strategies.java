package dev.penstock.server.plugin;

import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.server.tokens.TokenizerSettings;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Makes strategies of the plugins that were loaded. Used at start only, by one thread. */
public final class Strategies {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

    private final Map<String, Map<String, Source>> settings;
    private final Set<String> onLoop;
    private final Set<String> tokenizers;
    private final Patience patience;
    private final Map<String, Strategy> usable = new LinkedHashMap<>();
    // Of all providers, also of those that cannot be used.
    private final Set<String> names = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private Strategies(Map<String, Map<String, Source>> settings, Set<String> onLoop,
            Set<String> tokenizers, Patience patience) {
        this.settings = settings;
        this.onLoop = onLoop;
        this.tokenizers = tokenizers;
        this.patience = patience;
    }

    /**
     * What became of the plugins.
     *
     * @param usable the strategies that can be asked for
     * @param problems one sentence for each that cannot
     * @param errors one sentence for each setting in the configuration that cannot hold
     */
    public record Result(List<Strategy> usable, List<String> problems, List<String> errors) {}

    /**
     * Makes them.
     *
     * @param plugins what was loaded; where two bring the same name, the first one holds
     * @param settings by strategy, then by name of the setting
     * @param onLoop names of those that event loops may run
     * @param tokenizers names of the tokenizers that there are
     */
    public static Result of(List<Plugin> plugins, Map<String, Map<String, Source>> settings, Set<String> onLoop,
            Set<String> tokenizers) {
        return of(plugins, settings, onLoop, tokenizers, Patience.STANDARD);
    }

    static Result of(List<Plugin> plugins, Map<String, Map<String, Source>> settings, Set<String> onLoop,
            Set<String> tokenizers, Patience patience) {
        Strategies made = new Strategies(settings, onLoop, tokenizers, patience);
        for (Plugin plugin : plugins) {
            if (plugin.failure() != null) {
                made.problems.add("plugin " + plugin.name() + ": " + plugin.failure());
            }
            for (RouterProvider provider : plugin.providers()) {
                made.add(plugin, provider);
            }
        }
        made.addUnknown();
        return new Result(List.copyOf(made.usable.values()), List.copyOf(made.problems), List.copyOf(made.errors));
    }

    /** What a provider says of itself. */
    private record Asked(List<SettingSpec> settings, Strategy.Traits traits) {

        static Asked of(RouterProvider provider) {
            return new Asked(List.copyOf(provider.settings()), Strategy.Traits.of(provider));
        }
    }

    // All that the provider is asked here is code of a plugin, which may throw anything.
    private void add(Plugin plugin, RouterProvider provider) {
        String about = "plugin " + plugin.name();
        ClassLoader classes = provider.getClass().getClassLoader();
        try {
            String name = patience.ask(classes, provider::name);
            if (name == null || !NAME.matcher(name).matches()) {
                problems.add(about + ": strategy name " + name + " (expected: lower case letters, digits, dashes)");
                return;
            }
            names.add(name);
            about += ": strategy " + name;
            Strategy other = usable.get(name);
            if (other != null) {
                problems.add(about + " is already in " + other.source());
                return;
            }
            Asked asked = patience.ask(classes, () -> Asked.of(provider));
            PluginSettings read = PluginSettings.read(name, asked.settings(), settings.getOrDefault(name, Map.of()),
                    errors);
            if (read != null) {
                String source = plugin.version().isEmpty() ? plugin.name() : plugin.name() + " " + plugin.version();
                Strategy made = new Strategy(name, provider, read, asked.traits(), onLoop.contains(name), source);
                String tokenizer = made.needs().tokenizer();
                if (tokenizer == null || tokenizers.contains(tokenizer)) {
                    usable.put(name, made);
                } else {
                    problems.add(about + ": needs the tokenizer " + tokenizer
                            + TokenizerSettings.expected(tokenizer, new TreeSet<>(tokenizers)));
                }
            }
        } catch (Throwable e) {
            problems.add(about + ": " + Reason.of(e));
        }
    }

    private void addUnknown() {
        settings.forEach((name, given) -> {
            if (!names.contains(name)) {
                String where = given.values().stream().map(Source::where).filter(text -> !text.isEmpty()).sorted()
                        .findFirst().map(text -> text + ": ").orElse("");
                errors.add(where + "routers." + name + ": no such strategy (known: "
                        + String.join(", ", usable.keySet()) + ")");
            }
        });
    }
}
