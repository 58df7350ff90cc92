package dev.penstock.bench.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The endpoints that ask the engine about itself or change what it serves. Confined to the engine's event loop. */
final class OperationsEndpoints {
    private static final String VERSION = "0.11.0";

    private final EngineCore engine;

    OperationsEndpoints(EngineCore engine) {
        this.engine = engine;
    }

    void health(Exchange exchange) {
        exchange.text(200, "text/plain", "");
    }

    void version(Exchange exchange) {
        exchange.json(200, "{\"version\":\"" + VERSION + "\"}");
    }

    void metrics(Exchange exchange) {
        exchange.text(200, "text/plain; version=0.0.4; charset=utf-8", engine.metricsPage());
    }

    void models(Exchange exchange) {
        List<String> cards = new ArrayList<>();
        for (String name : engine.adapters().served()) {
            cards.add(card(name));
        }
        exchange.json(200, "{\"object\":\"list\",\"data\":[" + String.join(",", cards) + "]}");
    }

    void model(Exchange exchange, String name) {
        engine.adapters().check(name);
        exchange.json(200, card(name));
    }

    private String card(String name) {
        EngineSettings.Card settings = engine.settings().card();
        String path = engine.adapters().path(name);
        return "{\"id\":" + Json.quote(name) + ",\"object\":\"model\",\"created\":" + engine.createdSeconds()
                + ",\"owned_by\":\"vllm\",\"root\":" + Json.quote(path == null ? settings.model() : path)
                + ",\"parent\":" + (path == null ? "null" : Json.quote(settings.model())) + ",\"max_model_len\":"
                + (path == null ? settings.maxModelLen() : "null") + ",\"permission\":[]}";
    }

    void tokenize(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        String prompt = body.has("messages") ? Prompts.ofChat(body) : Prompts.ofCompletion(body);
        int[] ids = Tokens.ids(prompt);
        exchange.json(200, "{\"count\":" + ids.length + ",\"max_model_len\":"
                + engine.settings().card().maxModelLen() + ",\"tokens\":" + Json.write(ids) + ",\"token_strs\":null}");
    }

    void loadAdapter(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        exchange.text(200, "text/plain; charset=utf-8",
                engine.adapters().load(body.path("lora_name").asText(""), body.path("lora_path").asText("")));
    }

    void unloadAdapter(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        exchange.text(200, "text/plain; charset=utf-8", engine.adapters().unload(body.path("lora_name").asText("")));
    }
}
