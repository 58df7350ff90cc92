package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.Figures;
import dev.penstock.core.port.FleetTimes;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /admin/snapshot}: what the balancer believes of the fleet, and since when. {@code ?model=NAME} and {@code
 * ?pod=NAMESPACE/NAME} tell all of one; without them it is all models with their endpoints, those of large fleets up to
 * a bound.
 */
public final class SnapshotPage implements AdminPage {

    /** Most endpoints that are listed when nobody asked for one model: a page of half a megabyte. */
    static final int MOST_ENDPOINTS = 1_000;

    /**
     * Who is asked.
     *
     * @param snapshots the fleet
     * @param figures its figures
     * @param health who is out
     * @param times since when
     * @param noMetrics why there are no metrics of an endpoint, or null
     * @param sources where the fleet comes from
     */
    public record Witnesses(SnapshotSource snapshots, Figures figures, Health health, FleetTimes times,
            Function<PodView, @Nullable String> noMetrics, Supplier<List<Source>> sources) {}

    /**
     * What a source of the fleet says of itself.
     *
     * @param name where the fleet comes from
     * @param ageSeconds how long ago it was last read without an error; NaN for never
     * @param errors what was wrong with it when it was last read
     */
    public record Source(String name, double ageSeconds, List<String> errors) {}

    private final Witnesses witnesses;

    /** A page of what these say. */
    public SnapshotPage(Witnesses witnesses) {
        this.witnesses = witnesses;
    }

    @Override
    public Reply get(Map<String, List<String>> query) {
        Fleet fleet = witnesses.snapshots().current();
        List<String> model = query.getOrDefault("model", List.of());
        List<String> pod = query.getOrDefault("pod", List.of());
        if (!model.isEmpty()) {
            return oneModel(fleet, model.getFirst());
        } else if (!pod.isEmpty()) {
            return onePod(fleet, pod.getFirst());
        }
        return page(fleet, json -> models(json, fleet));
    }

    private Reply page(Fleet fleet, JsonPage.Document rest) {
        return JsonPage.of(200, json -> {
            json.writeStartObject();
            json.writeNumberField("version", fleet.version());
            seconds(json, "age_seconds", witnesses.times().publishedNanos());
            json.writeArrayFieldStart("sources");
            for (Source from : witnesses.sources().get()) {
                json.writeStartObject();
                json.writeStringField("name", from.name());
                AdminPages.number(json, "age_seconds", from.ageSeconds());
                AdminPages.strings(json, "errors", from.errors());
                json.writeEndObject();
            }
            json.writeEndArray();
            rest.write(json);
            json.writeEndObject();
        });
    }

    private Reply oneModel(Fleet fleet, String name) {
        Model model = fleet.model(name);
        if (model == null) {
            return JsonPage.error(404, "model_not_found", "model " + name + " does not exist", "model");
        }
        return page(fleet, json -> {
            json.writeArrayFieldStart("models");
            document(json).whole(fleet, model);
            json.writeEndArray();
        });
    }

    private Reply onePod(Fleet fleet, String key) {
        List<PodView> endpoints = new ArrayList<>();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView each = fleet.endpoint(slot);
            if (each != null && key.equals(each.namespace() + "/" + each.name())) {
                endpoints.add(each);
            }
        }
        if (endpoints.isEmpty()) {
            return JsonPage.error(404, "pod_not_found", "pod " + key + " does not exist (expected: NAMESPACE/NAME)",
                    "pod");
        }
        return page(fleet, json -> {
            AdminPages.strings(json, "models", fleet.models().stream().filter(model ->
                    endpoints.stream().anyMatch(model.endpoints()::contains)).map(Model::name).toList());
            json.writeArrayFieldStart("endpoints");
            for (PodView each : endpoints) {
                document(json).wholeEndpoint(each, null);
            }
            json.writeEndArray();
        });
    }

    private void models(JsonGenerator json, Fleet fleet) throws IOException {
        int left = MOST_ENDPOINTS;
        int more = 0;
        json.writeArrayFieldStart("models");
        for (Model model : fleet.models()) {
            Candidates endpoints = model.endpoints();
            boolean listed = endpoints.size() <= left;
            document(json).brief(model, listed);
            left -= listed ? endpoints.size() : 0;
            more += listed ? 0 : 1;
        }
        json.writeEndArray();
        if (more > 0) {
            json.writeNumberField("models_without_their_endpoints", more);
            json.writeStringField("hint", "ask for one: ?model=NAME or ?pod=NAMESPACE/NAME");
        }
    }

    private ModelDocument document(JsonGenerator json) {
        return new ModelDocument(json, witnesses);
    }

    private void seconds(JsonGenerator json, String name, long sinceNanos) throws IOException {
        document(json).seconds(name, sinceNanos);
    }
}
