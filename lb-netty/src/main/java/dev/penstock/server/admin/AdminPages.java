package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.core.config.Settings;
import dev.penstock.core.engine.StrategyFigures;
import dev.penstock.core.port.Figures;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.server.metrics.PrometheusMetrics;
import dev.penstock.server.plugin.Plugin;
import dev.penstock.server.plugin.Strategies;
import dev.penstock.server.upstream.EnginePools;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
                json.writeStringField("value", entry.text());
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
     * @param figures the figures of a strategy, by its name
     * @param quarantined the strategies that the fallback stands in for
     */
    public static AdminPage plugins(Collection<Plugin> plugins, Strategies.Result strategies,
            Function<String, StrategyFigures.Now> figures, Supplier<? extends Collection<String>> quarantined) {
        return new JsonPage((json, query) ->
                new PluginsDocument(json, strategies, figures, quarantined.get()).write(plugins));
    }

    /** {@code /admin/snapshot}, {@code ?model=NAME} for one model: what the balancer believes. */
    public static AdminPage snapshot(SnapshotSource source, Figures figures, Health health,
            Supplier<List<Source>> sources) {
        return new JsonPage((json, query) -> {
            Snapshot snapshot = source.current();
            List<String> wanted = query.getOrDefault("model", List.of());
            json.writeStartObject();
            json.writeNumberField("version", snapshot.version());
            json.writeArrayFieldStart("sources");
            for (Source from : sources.get()) {
                json.writeStartObject();
                json.writeStringField("name", from.name());
                number(json, "age_seconds", from.ageSeconds());
                strings(json, "errors", from.errors());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("models");
            for (ModelView model : snapshot.models()) {
                if (wanted.isEmpty() || wanted.contains(model.name())) {
                    model(json, model, figures, health);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /**
     * What a source of the fleet says of itself.
     *
     * @param name where the fleet comes from
     * @param ageSeconds how long ago it was last read without an error; NaN for never
     * @param errors what was wrong with it when it was last read
     */
    public record Source(String name, double ageSeconds, List<String> errors) {}

    private static void model(JsonGenerator json, ModelView model, Figures figures, Health health)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", model.name());
        json.writeStringField("base_model", model.baseModel());
        json.writeNumberField("shard", model.shard());
        optional(json, "strategy", model.strategy());
        optional(json, "locked_strategy", model.lockedStrategy());
        json.writeArrayFieldStart("endpoints");
        Candidates endpoints = model.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            endpoint(json, endpoints.get(i), figures, health.standing(endpoints.get(i)));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void endpoint(JsonGenerator json, PodView endpoint, Figures figures, Health.Standing standing)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("pod", endpoint.namespace() + "/" + endpoint.name());
        json.writeStringField("address", endpoint.address());
        json.writeStringField("uid", endpoint.uid());
        json.writeBooleanField("ready", endpoint.ready());
        health(json, standing);
        json.writeStringField("engine", endpoint.engine());
        json.writeStringField("group", endpoint.group());
        optional(json, "pool", endpoint.annotations().get(EnginePools.ANNOTATION));
        json.writeNumberField("slot", endpoint.slot());
        json.writeNumberField("generation", endpoint.generation());
        json.writeNumberField("in_flight", figures.inFlightLocal(endpoint));
        json.writeNumberField("in_flight_remote", figures.inFlightRemote(endpoint));
        json.writeNumberField("pending_tokens", figures.pendingTokens(endpoint));
        for (Gauge gauge : Gauge.values()) {
            double value = figures.gauge(endpoint, gauge);
            if (Double.isFinite(value)) {
                json.writeNumberField(gauge.metric(), value);
            }
        }
        json.writeEndObject();
    }

    private static void health(JsonGenerator json, Health.Standing standing) throws IOException {
        json.writeStringField("health", standing.state().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (standing.equals(Health.Standing.WELL)) {
            return;
        }
        json.writeObjectFieldStart("health_history");
        json.writeStringField("reason", standing.reason());
        json.writeNumberField("since_seconds", standing.ageNanos() / 1e9);
        json.writeNumberField("remaining_seconds", standing.remainingNanos() / 1e9);
        json.writeNumberField("ejections", standing.ejections());
        json.writeEndObject();
    }

    private static void optional(JsonGenerator json, String name, @Nullable String value)
            throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
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
