package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.ShadowSettings;
import dev.penstock.core.engine.Pipeline;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.plugin.Pipelines;
import dev.penstock.server.plugin.Plugin;
import dev.penstock.server.plugin.PluginLoader;
import dev.penstock.server.plugin.Strategies;
import dev.penstock.server.tokens.TokenizerSettings;
import dev.penstock.server.tokens.Tokenizers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The plugins that were found, and the strategies that they offer with this configuration. Used at start and stop. */
final class Installed implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Installed.class.getName());

    private final List<Plugin> plugins;
    private final Strategies.Result strategies;
    private final Pipelines.Result pipelines;
    private final StrategyCatalog catalog;

    private Installed(List<Plugin> plugins, Strategies.Result strategies, Pipelines.Result pipelines) {
        this.plugins = plugins;
        this.strategies = strategies;
        this.pipelines = pipelines;
        this.catalog = new StrategyCatalog(Stream.of(strategies.usable(), pipelines.pieces()).flatMap(List::stream)
                .toList(), pipelines.usable());
    }

    /** Loads what there is; what cannot be loaded is remembered as a problem. */
    static Installed load(Penstock.Parts parts, Configuration configuration) {
        List<Plugin> plugins = new ArrayList<>();
        if (!parts.providers().isEmpty()) {
            plugins.add(Plugin.embedded(parts.providers()));
        }
        for (String folder : configuration.settings().get(ServerSettings.PLUGINS).split(",", -1)) {
            plugins.addAll(PluginLoader.load(parts.home().resolve(folder.trim())));
        }
        Set<String> onLoop = Arrays.stream(configuration.settings().get(ServerSettings.ON_LOOP).split(","))
                .map(String::trim).collect(Collectors.toSet());
        Strategies.Result strategies = Strategies.of(plugins, new Strategies.Terms(configuration.file().routers(),
                configuration.routers(), onLoop,
                TokenizerSettings.from(configuration.settings(), parts.sources().folder()).names()));
        return new Installed(plugins, strategies, Pipelines.of(configuration.file().pipelines(), strategies.usable(),
                configuration.file().routers()));
    }

    /** Makes the tokenizers that strategies and the configuration name. */
    Tokenizers tokenizers(Configuration configuration, Penstock.Parts parts, Tokenizers.Surroundings with) {
        Set<String> needed = strategies.usable().stream().map(strategy -> strategy.needs().tokenizer())
                .filter(Objects::nonNull).collect(Collectors.toSet());
        return Tokenizers.open(TokenizerSettings.from(configuration.settings(), parts.sources().folder()), needed,
                with);
    }

    List<Plugin> plugins() {
        return plugins;
    }

    Strategies.Result strategies() {
        return strategies;
    }

    Pipelines.Result pipelines() {
        return pipelines;
    }

    /** What the configuration says wrongly of strategies and pipelines. */
    List<String> errors() {
        return Stream.of(strategies.errors(), pipelines.errors()).flatMap(List::stream).toList();
    }

    StrategyCatalog catalog() {
        return catalog;
    }

    /** What the configuration says wrongly of routers, then what is wrong with plugins. */
    List<String> everythingWrong() {
        return Stream.of(errors(), strategies.problems()).flatMap(List::stream).toList();
    }

    /** Says what is wrong with plugins that nobody asks for, and where the fallback stands in for the default. */
    void warn(Settings settings) {
        strategies.problems().forEach(problem -> LOG.log(Level.WARNING, problem));
        Settings.Entry entry = strategy(settings);
        if (entry.origin() == Settings.Origin.DEFAULT && catalog.parse(entry.text()) == null) {
            LOG.log(Level.WARNING, () -> "no plugin offers " + entry.text() + ", the default of "
                    + entry.setting().name() + ": requests that name no strategy go to the pod with the fewest in "
                    + "flight");
        }
    }

    /**
     * Fails where something is wrong, and names the plugins that have failed as well: a strategy that there is not may
     * be one of theirs.
     */
    void require(List<String> errors) {
        if (!errors.isEmpty()) {
            throw new InvalidSettingsException(Stream.of(errors, strategies.problems()).flatMap(List::stream)
                    .toList());
        }
    }

    /** What is wrong with strategies of the settings; for a default that no plugin offers the fallback stands in. */
    List<String> errors(Settings settings) {
        String shadow = settings.get(ShadowSettings.STRATEGY);
        return Stream.of(strategy(settings).origin() == Settings.Origin.DEFAULT ? List.<String>of()
                : errors(where(settings, LiveSettings.STRATEGY), settings.get(LiveSettings.STRATEGY)),
                errors(where(settings, ShadowSettings.STRATEGY), shadow.isEmpty() ? null : shadow))
                .flatMap(List::stream).toList();
    }

    private static Settings.Entry strategy(Settings settings) {
        return Objects.requireNonNull(settings.entry(LiveSettings.STRATEGY.name()));
    }

    private static String where(Settings settings, Setting<String> setting) {
        Settings.Entry entry = Objects.requireNonNull(settings.entry(setting.name()));
        return (entry.where().isEmpty() ? "" : entry.where() + ": ") + setting.name() + ": ";
    }

    /**
     * What is wrong with a strategy.
     *
     * @param where the beginning of the message: who names it
     * @param strategy name or expression; null for none
     */
    List<String> errors(String where, @Nullable String strategy) {
        return strategy == null || catalog.parse(strategy) != null ? List.of()
                : List.of(where + strategy + " (expected: one of " + String.join(", ", catalog.names())
                        + ", or an expression of those that score)");
    }

    /** The names of all strategies, for a person. */
    String names() {
        return String.join(", ", catalog.names()) + (pipelines.usable().isEmpty() ? "" : "; pipelines "
                + pipelines.usable().stream().map(Pipeline::name).collect(Collectors.joining(", ")));
    }

    @Override
    public void close() {
        plugins.forEach(Plugin::close);
    }
}
