package dev.penstock.bench.sim;

import java.util.Map;
import java.util.function.Consumer;

/** Which path is answered by what. Confined to the engine's event loop. */
final class Endpoints {
    private static final String RESPONSES = "/v1/responses/";
    private static final String MODELS = "/v1/models/";

    private final EngineCore engine;
    private final GenerationEndpoints generation;
    private final OperationsEndpoints operations;
    private final Map<String, Consumer<Exchange>> gets;
    private final Map<String, Consumer<Exchange>> posts;

    Endpoints(EngineCore engine) {
        this.engine = engine;
        generation = new GenerationEndpoints(engine);
        operations = new OperationsEndpoints(engine);
        PoolingEndpoints pooling = new PoolingEndpoints(engine);
        gets = Map.of(
                "/health", operations::health,
                "/ping", operations::health,
                "/version", operations::version,
                "/metrics", operations::metrics,
                "/v1/models", operations::models);
        posts = Map.ofEntries(
                Map.entry("/v1/chat/completions", generation::chat),
                Map.entry("/v1/completions", generation::completion),
                Map.entry("/v1/messages", generation::message),
                Map.entry("/v1/messages/count_tokens", generation::countTokens),
                Map.entry("/v1/responses", generation::response),
                Map.entry("/v1/embeddings", pooling::embeddings),
                Map.entry("/v1/rerank", pooling::rerank),
                Map.entry("/v2/rerank", pooling::rerank),
                Map.entry("/rerank", pooling::rerank),
                Map.entry("/v1/classify", pooling::classify),
                Map.entry("/classify", pooling::classify),
                Map.entry("/v1/audio/transcriptions", pooling::transcription),
                Map.entry("/v1/audio/translations", pooling::transcription),
                Map.entry("/v1/audio/speech", pooling::media),
                Map.entry("/v1/images/generations", pooling::media),
                Map.entry("/v1/video/generations", pooling::media),
                Map.entry("/tokenize", operations::tokenize),
                Map.entry("/ping", operations::health),
                Map.entry("/v1/load_lora_adapter", operations::loadAdapter),
                Map.entry("/v1/unload_lora_adapter", operations::unloadAdapter));
    }

    /** Answers, now or later; whatever is wrong with the request is an answer too. */
    void serve(Exchange exchange) {
        String path = exchange.request().path();
        try {
            authorize(exchange.request(), path);
            find(exchange.request().method(), path).accept(exchange);
        } catch (ApiException declined) {
            exchange.json(declined.status(), declined.body(path));
        }
    }

    private Consumer<Exchange> find(String method, String path) {
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (reads && path.startsWith(RESPONSES)) {
            return exchange -> generation.storedResponse(exchange, path.substring(RESPONSES.length()));
        }
        if (reads && path.startsWith(MODELS)) {
            return exchange -> operations.model(exchange, path.substring(MODELS.length()));
        }
        Consumer<Exchange> found = reads ? gets.get(path) : method.equals("POST") ? posts.get(path) : null;
        if (found != null) {
            return found;
        }
        boolean known = gets.containsKey(path) || posts.containsKey(path);
        return exchange -> exchange.json(known ? 405 : 404,
                known ? "{\"detail\":\"Method Not Allowed\"}" : "{\"detail\":\"Not Found\"}");
    }

    private void authorize(SimRequest request, String path) {
        String key = engine.settings().http().apiKey();
        if (key == null || !path.startsWith("/v1") || ("Bearer " + key).equals(request.header("authorization"))
                || key.equals(request.header("x-api-key"))) {
            return;
        }
        throw new ApiException(401, "invalid_request_error", "Incorrect API key provided.", null,
                "\"invalid_api_key\"");
    }
}
