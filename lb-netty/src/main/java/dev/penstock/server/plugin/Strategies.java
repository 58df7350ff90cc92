package dev.penstock.server.plugin;

import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.server.tokens.TokenizerNames;
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

    private final Terms terms;
    private final Patience patience;
    private final Map<String, Strategy> usable = new LinkedHashMap<>();
    // Of all providers, also of those that cannot be used.
    private final Set<String> names = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private Strategies(Terms terms, Patience patience) {
        this.terms = terms;
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
     * What surrounds the plugins.
     *
     * @param settings what the configuration says, by strategy, then by name of the setting
     * @param variables the same from an environment that was not made for us: they hold more, and nothing is wrong with
     *     those that nobody has
     * @param onLoop names of strategies that event loops may run
     * @param tokenizers names of the tokenizers that there are
     */
    public record Terms(Map<String, Map<String, Source>> settings, Map<String, Map<String, Source>> variables,
            Set<String> onLoop, Set<String> tokenizers) {

        /** Nothing is configured. */
        public static final Terms DEFAULTS = new Terms(Map.of(), Map.of(), Set.of(), TokenizerNames.BUILT_IN);
    }

    /**
     * Makes them.
     *
     * @param plugins what was loaded; where two bring the same name, the first one holds
     * @param terms what surrounds them
     */
    public static Result of(List<Plugin> plugins, Terms terms) {
        return of(plugins, terms, Patience.STANDARD);
    }

    static Result of(List<Plugin> plugins, Terms terms, Patience patience) {
        Strategies made = new Strategies(terms, patience);
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
            List<SettingSpec> specs = patience.ask(classes, () -> List.copyOf(provider.settings()));
            PluginSettings read = PluginSettings.read(name, specs, given(name, specs), errors);
            if (read != null) {
                String source = plugin.version().isEmpty() ? plugin.name() : plugin.name() + " " + plugin.version();
                Strategy.Traits traits = patience.ask(classes, () -> Strategy.Traits.of(provider, read));
                Strategy made = new Strategy(name, provider, read, traits, terms.onLoop.contains(name), source);
                String tokenizer = made.needs().tokenizer();
                if (tokenizer == null || terms.tokenizers.contains(tokenizer)) {
                    usable.put(name, made);
                } else {
                    problems.add(about + ": needs the tokenizer " + tokenizer
                            + TokenizerSettings.expected(tokenizer, new TreeSet<>(terms.tokenizers)));
                }
            }
        } catch (Throwable e) {
            problems.add(about + ": " + Reason.of(e));
        }
    }

    private Map<String, Source> given(String name, List<SettingSpec> specs) {
        Map<String, Source> given = new LinkedHashMap<>(terms.settings.getOrDefault(name, Map.of()));
        terms.variables.getOrDefault(name, Map.of()).forEach((setting, source) -> {
            if (specs.stream().anyMatch(spec -> spec.name().equals(setting))) {
                given.put(setting, source);
            }
        });
        return given;
    }

    private void addUnknown() {
        terms.settings.forEach((name, given) -> {
            if (!names.contains(name)) {
                String where = given.values().stream().map(Source::where).filter(text -> !text.isEmpty()).sorted()
                        .findFirst().map(text -> text + ": ").orElse("");
                errors.add(where + "routers." + name + ": no such strategy (known: "
                        + String.join(", ", usable.keySet()) + ")");
            }
        });
    }
}
