package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.core.model.ClaimedPod;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.TrafficSplit;
import dev.penstock.core.port.FleetTimes;
import dev.penstock.core.port.Health;
import dev.penstock.server.upstream.EnginePools;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes what there is to know of models and endpoints at one moment.
 *
 * @param json where it goes
 * @param witnesses who knows
 */
record ModelDocument(JsonGenerator json, SnapshotPage.Witnesses witnesses) {

    private static final double NANOS = 1e9;
    /** Most adapters of a base model that are named. */
    private static final int MOST_NAMES = 100;

    // ---- models

    /** A model in a list of all, with its endpoints or without. */
    void brief(Model model, boolean endpoints) throws IOException {
        json.writeStartObject();
        head(model);
        if (endpoints) {
            json.writeArrayFieldStart("endpoints");
            for (int i = 0; i < model.endpoints().size(); i++) {
                briefEndpoint(model.endpoints().get(i));
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** All of a model. */
    void whole(Fleet fleet, Model model) throws IOException {
        json.writeStartObject();
        head(model);
        FleetTimes.ModelTimes times = witnesses.times().model(model.name());
        if (times != null) {
            seconds("since_seconds", times.sinceNanos());
            json.writeNumberField("since_version", times.sinceVersion());
            seconds("changed_seconds", times.changedNanos());
            json.writeNumberField("changed_version", times.changedVersion());
        }
        relatives(fleet, model);
        split(model.split());
        claims(model);
        json.writeArrayFieldStart("endpoints");
        Candidates endpoints = model.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            wholeEndpoint(endpoints.get(i), model);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void head(Model model) throws IOException {
        json.writeStringField("name", model.name());
        json.writeStringField("base_model", model.baseModel());
        json.writeNumberField("shard", model.shard());
        optional("strategy", model.strategy());
        optional("locked_strategy", model.lockedStrategy());
        json.writeNumberField("endpoints_total", model.endpoints().size());
        json.writeNumberField("endpoints_ready", model.ready().size());
    }

    /** An alias has the very endpoints of its model; an adapter those that have loaded it. */
    private void relatives(Fleet fleet, Model model) throws IOException {
        json.writeArrayFieldStart("aliases");
        for (Model each : fleet.models()) {
            if (relative(each, model) && each.endpoints() == model.endpoints()) {
                json.writeString(each.name());
            }
        }
        json.writeEndArray();
        int adapters = 0;
        json.writeArrayFieldStart("adapters");
        for (Model each : fleet.models()) {
            if (relative(each, model) && each.endpoints() != model.endpoints() && adapters++ < MOST_NAMES) {
                json.writeString(each.name());
            }
        }
        json.writeEndArray();
        json.writeNumberField("adapters_total", adapters);
    }

    private static boolean relative(Model each, Model base) {
        return !each.name().equals(base.name()) && each.baseModel().equals(base.name());
    }

    private void split(@Nullable TrafficSplit split) throws IOException {
        if (split == null) {
            return;
        }
        json.writeObjectFieldStart("split");
        for (TrafficSplit.Target target : split.targets()) {
            json.writeNumberField(target.model(), target.weight());
        }
        json.writeEndObject();
    }

    private void claims(Model model) throws IOException {
        if (model.claims().isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("claims");
        for (ClaimedPod each : model.claims()) {
            json.writeStartObject();
            json.writeStringField("pod", each.pod().key());
            json.writeStringField("claim", each.claim().name());
            json.writeStringField("state", word(each.claim().state()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    // ---- endpoints

    private void briefEndpoint(PodView endpoint) throws IOException {
        json.writeStartObject();
        identity(endpoint);
        for (Gauge gauge : Gauge.values()) {
            double value = witnesses.figures().gauge(endpoint, gauge);
            if (Double.isFinite(value)) {
                json.writeNumberField(gauge.metric(), value);
            }
        }
        json.writeEndObject();
    }

    /**
     * All of an endpoint.
     *
     * @param model the model for which gauges are told, or null for the endpoint as a whole
     */
    void wholeEndpoint(PodView endpoint, @Nullable Model model) throws IOException {
        json.writeStartObject();
        identity(endpoint);
        seconds("since_seconds", witnesses.times().joinedNanos(endpoint));
        seconds(endpoint.ready() ? "ready_seconds" : "not_ready_seconds", witnesses.times().changedNanos(endpoint));
        optional("no_metrics", witnesses.noMetrics().apply(endpoint));
        json.writeObjectFieldStart("gauges");
        for (Gauge gauge : Gauge.values()) {
            double age = model == null ? witnesses.figures().gaugeAgeNanos(endpoint, gauge)
                    : witnesses.figures().gaugeAgeNanos(endpoint, model, gauge);
            if (!Double.isNaN(age)) {
                json.writeObjectFieldStart(gauge.metric());
                AdminPages.number(json, "value", model == null ? witnesses.figures().gauge(endpoint, gauge)
                        : witnesses.figures().gauge(endpoint, model, gauge));
                json.writeNumberField("age_seconds", age / NANOS);
                json.writeEndObject();
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void identity(PodView endpoint) throws IOException {
        json.writeStringField("pod", endpoint.namespace() + "/" + endpoint.name());
        json.writeStringField("address", endpoint.address());
        json.writeStringField("uid", endpoint.uid());
        json.writeBooleanField("ready", endpoint.ready());
        health(witnesses.health().standing(endpoint));
        json.writeStringField("engine", endpoint.engine());
        json.writeStringField("group", endpoint.group());
        optional("pool", endpoint.annotations().get(EnginePools.ANNOTATION));
        json.writeNumberField("slot", endpoint.slot());
        json.writeNumberField("generation", endpoint.generation());
        json.writeNumberField("in_flight", witnesses.figures().inFlightLocal(endpoint));
        json.writeNumberField("in_flight_remote", witnesses.figures().inFlightRemote(endpoint));
        json.writeNumberField("pending_tokens", witnesses.figures().pendingTokens(endpoint));
    }

    private void health(Health.Standing standing) throws IOException {
        json.writeStringField("health", word(standing.state()));
        if (standing.equals(Health.Standing.WELL)) {
            return;
        }
        json.writeObjectFieldStart("health_history");
        json.writeStringField("reason", standing.reason());
        json.writeNumberField("since_seconds", standing.ageNanos() / NANOS);
        json.writeNumberField("remaining_seconds", standing.remainingNanos() / NANOS);
        json.writeNumberField("ejections", standing.ejections());
        json.writeEndObject();
    }

    // ---- fields

    /** How long ago something was. */
    void seconds(String name, long sinceNanos) throws IOException {
        json.writeNumberField(name, Math.max(0, witnesses.times().nowNanos() - sinceNanos) / NANOS);
    }

    private void optional(String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
