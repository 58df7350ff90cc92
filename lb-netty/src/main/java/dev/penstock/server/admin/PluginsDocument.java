package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.core.engine.Pipeline;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.engine.StrategyFigures;
import dev.penstock.server.plugin.Pipelines;
import dev.penstock.server.plugin.Plugin;
import dev.penstock.server.plugin.PluginThreads;
import dev.penstock.server.plugin.Strategies;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Writes what there is to know of plugins and their strategies at one moment.
 *
 * @param json where it goes
 * @param strategies what became of the plugins
 * @param pipelines what became of the pipelines
 * @param figures the figures of a strategy, by its name
 * @param quarantined the strategies that the fallback stands in for
 */
record PluginsDocument(JsonGenerator json, Strategies.Result strategies, Pipelines.Result pipelines,
        Function<String, StrategyFigures.Now> figures, Collection<String> quarantined) {

    private static final double NANOS_PER_MICRO = 1e3;

    void write(Collection<Plugin> plugins) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("plugins");
        for (Plugin plugin : plugins) {
            plugin(plugin);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("strategies");
        for (Strategy strategy : strategies.usable()) {
            strategy(strategy);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("pipelines");
        for (Pipeline pipeline : pipelines.usable()) {
            pipeline(pipeline);
        }
        json.writeEndArray();
        AdminPages.strings(json, "problems", strategies.problems());
        json.writeEndObject();
    }

    private void plugin(Plugin plugin) throws IOException {
        List<String> names = strategies.usable().stream().filter(strategy -> isOf(strategy, plugin))
                .map(Strategy::name).toList();
        json.writeStartObject();
        json.writeStringField("name", plugin.name());
        json.writeStringField("version", plugin.version());
        json.writeStringField("spi", plugin.spi());
        json.writeStringField("state", state(plugin, names));
        if (plugin.failure() != null) {
            json.writeStringField("reason", plugin.failure());
        }
        AdminPages.strings(json, "strategies", names);
        AdminPages.strings(json, "threads", PluginThreads.of(plugin));
        json.writeEndObject();
    }

    private static boolean isOf(Strategy strategy, Plugin plugin) {
        return plugin.providers().stream().anyMatch(provider -> provider == strategy.provider());
    }

    private String state(Plugin plugin, List<String> names) {
        if (plugin.failure() != null) {
            return "failed";
        }
        return names.stream().anyMatch(quarantined::contains) ? "quarantined" : "loaded";
    }

    private void strategy(Strategy strategy) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", strategy.name());
        json.writeStringField("kind", strategy.traits().kind());
        json.writeStringField("plugin", strategy.source());
        figures(strategy.name(), strategy.servedOnLoop());
        json.writeEndObject();
    }

    private void pipeline(Pipeline pipeline) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", pipeline.name());
        AdminPages.strings(json, "filters", pipeline.filters());
        json.writeObjectFieldStart("scorers");
        for (StrategyExpression.Item scorer : pipeline.scorers()) {
            json.writeNumberField(scorer.name(), scorer.weight());
        }
        json.writeEndObject();
        json.writeStringField("picker", pipeline.picker());
        figures(pipeline.name(), pipeline.servedOnLoop());
        json.writeEndObject();
    }

    private void figures(String name, boolean onLoop) throws IOException {
        StrategyFigures.Now now = figures.apply(name);
        json.writeBooleanField("on_loop", onLoop);
        json.writeBooleanField("quarantined", quarantined.contains(name));
        json.writeNumberField("instances", now.instances());
        json.writeNumberField("calls", now.calls());
        json.writeNumberField("exceptions", now.exceptions());
        json.writeNumberField("invalid_answers", now.invalidAnswers());
        json.writeNumberField("fallbacks", now.fallbacks());
        json.writeNumberField("late_answers", now.lateAnswers());
        json.writeNumberField("timed_calls", now.timedCalls());
        AdminPages.number(json, "mean_us", now.meanNanos() / NANOS_PER_MICRO);
        AdminPages.number(json, "longest_us", now.timedCalls() == 0 ? Double.NaN
                : now.longestNanos() / NANOS_PER_MICRO);
    }
}
