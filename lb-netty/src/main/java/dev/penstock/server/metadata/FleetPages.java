package dev.penstock.server.metadata;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.server.admin.AdminPage.Reply;
import dev.penstock.server.admin.JsonPage;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Models and pods as JSON. Any thread.
 *
 * @param snapshots the fleet
 */
record FleetPages(SnapshotSource snapshots) {

    private static final String OBJECT = "object";

    /** All models, as OpenAI lists them. */
    Reply models() {
        Fleet fleet = snapshots.current();
        return JsonPage.of(200, json -> {
            json.writeStartObject();
            json.writeStringField(OBJECT, "list");
            json.writeArrayFieldStart("data");
            for (Model model : fleet.models()) {
                json.writeStartObject();
                head(json, model);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** One model. */
    Reply model(String name) {
        Model model = snapshots.current().model(name);
        if (model == null) {
            return noModel(name);
        }
        return JsonPage.of(200, json -> {
            json.writeStartObject();
            head(json, model);
            json.writeStringField("base_model", model.baseModel());
            json.writeNumberField("pods", pods(model.endpoints()).size());
            json.writeNumberField("ready_pods", pods(model.ready()).size());
            json.writeArrayFieldStart("groups");
            for (int i = 0; i < model.endpoints().groups(); i++) {
                json.writeString(model.endpoints().groupName(i));
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** The pods that serve a model. */
    Reply podsOf(String name) {
        Fleet fleet = snapshots.current();
        Model model = fleet.model(name);
        return model == null ? noModel(name) : list(fleet, pods(model.endpoints()).values());
    }

    /** All pods. */
    Reply pods() {
        Fleet fleet = snapshots.current();
        return list(fleet, pods(fleet).values());
    }

    /** One pod. */
    Reply pod(String namespace, String name) {
        Fleet fleet = snapshots.current();
        List<PodView> pod = pods(fleet).get(namespace + "/" + name);
        if (pod == null) {
            return JsonPage.error(404, "pod_not_found", "pod " + namespace + "/" + name + " does not exist", "pod");
        }
        return JsonPage.of(200, json -> {
            json.writeStartObject();
            pod(json, pod);
            json.writeArrayFieldStart("models");
            for (Model model : fleet.models()) {
                if (pod.stream().anyMatch(model.endpoints()::contains)) {
                    json.writeString(model.name());
                }
            }
            json.writeEndArray();
            map(json, "labels", pod.getFirst().labels());
            map(json, "annotations", pod.getFirst().annotations());
            json.writeEndObject();
        });
    }

    private static Reply noModel(String name) {
        return JsonPage.error(404, "model_not_found", "model " + name + " does not exist", "model");
    }

    private static Reply list(Fleet fleet, Collection<List<PodView>> pods) {
        return JsonPage.of(200, json -> {
            json.writeStartObject();
            json.writeStringField(OBJECT, "list");
            json.writeNumberField("version", fleet.version());
            json.writeArrayFieldStart("data");
            for (List<PodView> pod : pods) {
                json.writeStartObject();
                pod(json, pod);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** The endpoints of each pod, by namespace and name. */
    private static SequencedMap<String, List<PodView>> pods(Candidates endpoints) {
        SequencedMap<String, List<PodView>> pods = new LinkedHashMap<>();
        for (int i = 0; i < endpoints.size(); i++) {
            add(pods, endpoints.get(i));
        }
        return pods;
    }

    private static SequencedMap<String, List<PodView>> pods(Fleet fleet) {
        SequencedMap<String, List<PodView>> pods = new LinkedHashMap<>();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null) {
                add(pods, endpoint);
            }
        }
        return pods;
    }

    private static void add(Map<String, List<PodView>> pods, PodView endpoint) {
        pods.computeIfAbsent(endpoint.namespace() + "/" + endpoint.name(), key -> new ArrayList<>(1))
                .add(endpoint);
    }

    private static void head(JsonGenerator json, Model model) throws IOException {
        json.writeStringField("id", model.name());
        json.writeStringField(OBJECT, "model");
        json.writeNumberField("created", 0);
        json.writeStringField("owned_by", "aibrix");
    }

    private static void pod(JsonGenerator json, List<PodView> endpoints) throws IOException {
        PodView pod = endpoints.getFirst();
        json.writeStringField(OBJECT, "pod");
        json.writeStringField("namespace", pod.namespace());
        json.writeStringField("name", pod.name());
        json.writeStringField("uid", pod.uid());
        json.writeStringField("engine", pod.engine());
        json.writeStringField("group", pod.group());
        json.writeBooleanField("ready", endpoints.stream().anyMatch(PodView::ready));
        json.writeArrayFieldStart("endpoints");
        for (PodView endpoint : endpoints) {
            json.writeString(endpoint.address());
        }
        json.writeEndArray();
    }

    private static void map(JsonGenerator json, String name, Map<String, String> values) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> each : new TreeMap<>(values).entrySet()) {
            json.writeStringField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
    }
}
