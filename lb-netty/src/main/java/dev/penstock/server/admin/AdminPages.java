package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.core.config.Settings;
import dev.penstock.core.engine.StrategyFigures;
import dev.penstock.server.metrics.PrometheusMetrics;
import dev.penstock.server.plugin.Pipelines;
import dev.penstock.server.plugin.Plugin;
import dev.penstock.server.plugin.Strategies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** The pages that there are. */
public final class AdminPages {

    private AdminPages() {}

    /** {@code /healthz}: the process lives. */
    public static AdminPage health() {
        return query -> AdminPage.Reply.text(200, "ok");
    }

    /** {@code /readyz}: whether requests may come. */
    public static AdminPage readiness(Readiness readiness) {
        return query -> {
            List<String> reasons = readiness.missing();
            return reasons.isEmpty() ? AdminPage.Reply.text(200, "ready")
                    : AdminPage.Reply.text(503, "not ready: " + String.join(", ", reasons));
        };
    }

    /** {@code /metrics}: in Prometheus' text format. */
    public static AdminPage metrics(PrometheusMetrics metrics) {
        return query -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                metrics.write(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new AdminPage.Reply(200, "text/plain; version=0.0.4; charset=utf-8", out.toByteArray());
        };
    }

    /** {@code /admin/config}: each setting, its value and where it came from; what is wrong with the file now. */
    public static AdminPage config(Supplier<Settings> settings, Supplier<List<String>> errors) {
        return new JsonPage((json, query) -> {
            json.writeStartObject();
            strings(json, "errors", errors.get());
            json.writeObjectFieldStart("settings");
            for (Settings.Entry entry : settings.get().entries()) {
                json.writeObjectFieldStart(entry.setting().name());
                boolean hidden = entry.setting().secret() && !entry.text().isEmpty();
                json.writeStringField("value", hidden ? "(hidden)" : entry.text());
                json.writeStringField("origin", entry.origin().name().toLowerCase(Locale.ROOT));
                if (!entry.where().isEmpty()) {
                    json.writeStringField("where", entry.where());
                }
                json.writeStringField("default", entry.setting().defaultText());
                json.writeBooleanField("live", entry.setting().live());
                json.writeStringField("description", entry.setting().description());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /**
     * {@code /admin/plugins}: what was loaded, what was not, and why; how each strategy fares.
     *
     * @param pipelines what became of the pipelines
     * @param figures the figures of a strategy, by its name
     * @param quarantined the strategies that the fallback stands in for
     */
    public static AdminPage plugins(Collection<Plugin> plugins, Strategies.Result strategies,
            Pipelines.Result pipelines, Function<String, StrategyFigures.Now> figures,
            Supplier<? extends Collection<String>> quarantined) {
        return new JsonPage((json, query) ->
                new PluginsDocument(json, strategies, pipelines, figures, quarantined.get()).write(plugins));
    }

    // JSON has no word for a number that there is not.
    static void number(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }

    static void strings(JsonGenerator json, String name, Collection<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
