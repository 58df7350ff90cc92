package dev.penstock.bench.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/** The endpoints that compute a prompt and no tokens, or make something else of it. On the engine's event loop. */
final class PoolingEndpoints {
    private static final int DIMENSIONS = 64;

    private final EngineCore engine;

    PoolingEndpoints(EngineCore engine) {
        this.engine = engine;
    }

    void embeddings(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        List<String> inputs = inputs(body);
        boolean base64 = body.path("encoding_format").asText("float").equals("base64");
        int dimensions = Math.clamp(body.path("dimensions").asInt(DIMENSIONS), 1, 4_096);
        List<String> data = new ArrayList<>();
        for (String input : inputs) {
            float[] vector = vector(input, dimensions);
            data.add("{\"index\":" + data.size() + ",\"object\":\"embedding\",\"embedding\":"
                    + (base64 ? Json.quote(base64(vector)) : Json.write(vector)) + "}");
        }
        String id = engine.newId("embd-");
        prefill(exchange, body, String.join("", inputs), usage -> list(id, body, data, usage));
    }

    void classify(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        List<String> inputs = inputs(body);
        List<String> data = new ArrayList<>();
        for (String input : inputs) {
            double positive = share(input);
            data.add("{\"index\":" + data.size() + ",\"label\":\"LABEL_" + (positive > 0.5 ? 1 : 0) + "\",\"probs\":["
                    + (1 - positive) + "," + positive + "],\"num_classes\":2}");
        }
        String id = engine.newId("classify-");
        prefill(exchange, body, String.join("", inputs), usage -> list(id, body, data, usage));
    }

    void rerank(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        JsonNode documents = body.path("documents");
        String query = body.path("query").asText("");
        if (query.isEmpty()) {
            throw ApiException.missing("query");
        }
        if (!documents.isArray() || documents.isEmpty()) {
            throw ApiException.missing("documents");
        }
        record Scored(int index, String text, double score) { }
        List<Scored> scored = new ArrayList<>();
        StringBuilder prompt = new StringBuilder();
        for (JsonNode document : documents) {
            String text = Prompts.text(document.isObject() ? document.path("text") : document);
            prompt.append(query).append(' ').append(text).append('\n');
            scored.add(new Scored(scored.size(), text, relevance(query, text)));
        }
        scored.sort(Comparator.comparingDouble(Scored::score).reversed());
        int wanted = body.path("top_n").asInt(0);
        List<String> results = new ArrayList<>();
        for (Scored each : scored.subList(0, wanted > 0 ? Math.min(wanted, scored.size()) : scored.size())) {
            results.add("{\"index\":" + each.index() + ",\"document\":{\"text\":" + Json.quote(each.text())
                    + ",\"multi_modal\":null},\"relevance_score\":" + each.score() + "}");
        }
        String id = engine.newId("rerank-");
        prefill(exchange, body, prompt.toString(), usage -> "{\"id\":\"" + id + "\",\"model\":" + model(body)
                + ",\"usage\":{\"prompt_tokens\":" + usage.prompt() + ",\"total_tokens\":" + usage.prompt()
                + "},\"results\":[" + String.join(",", results) + "]}");
    }

    /** Images, video and speech: vLLM's relatives serve them; here they are only words that name the engine. */
    void media(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        String prompt = body.path("prompt").asText(body.path("input").asText(""));
        if (prompt.isEmpty()) {
            throw ApiException.missing("prompt");
        }
        String content = Base64.getEncoder().encodeToString(engine.name().getBytes(StandardCharsets.UTF_8));
        prefill(exchange, body, prompt, usage -> "{\"created\":" + System.currentTimeMillis() / 1_000
                + ",\"data\":[{\"b64_json\":\"" + content + "\"}],\"usage\":" + usage.openAi() + "}");
    }

    void transcription(Exchange exchange) {
        MultipartForm form = MultipartForm.parse(exchange.request());
        String model = engine.modelOr(form.text("model"));
        engine.adapters().check(model);
        int seconds = 1 + form.bytes("file").length / 32_000;
        String text = new ReplyText(engine.name(), 2 * seconds + 4).whole();
        boolean plain = form.text("response_format").equals("text");
        afterPrefill(exchange, model, "~".repeat(4 * seconds), usage -> {
            if (plain) {
                exchange.text(200, "text/plain; charset=utf-8", text);
            } else {
                exchange.json(200, "{\"text\":" + Json.quote(text) + ",\"usage\":{\"type\":\"duration\",\"seconds\":"
                        + seconds + "}}");
            }
        });
    }

    private String list(String id, JsonNode body, List<String> data, Usage usage) {
        return "{\"id\":\"" + id + "\",\"object\":\"list\",\"created\":" + System.currentTimeMillis() / 1_000
                + ",\"model\":" + model(body) + ",\"data\":[" + String.join(",", data) + "],\"usage\":"
                + usage.openAi() + "}";
    }

    private String model(JsonNode body) {
        return Json.quote(engine.modelOr(body.path("model").asText("")));
    }

    private void prefill(Exchange exchange, JsonNode body, String prompt, Function<Usage, String> answer) {
        String model = engine.modelOr(body.path("model").asText(""));
        engine.adapters().check(model);
        afterPrefill(exchange, model, prompt, usage -> exchange.json(200, answer.apply(usage)));
    }

    private void afterPrefill(Exchange exchange, String model, String prompt,
            Consumer<Usage> answer) {
        engine.checkLength(Tokens.count(prompt), 0);
        Usage usage = new Usage(Tokens.count(prompt), 0, 0);
        Generation queued = engine.newGeneration(prompt, model, 0, false, new Generation.Listener() {
            @Override
            public void token(int index) {
                throw new IllegalStateException("a prefill without output produced token " + index);
            }

            @Override
            public void finished() {
                answer.accept(usage);
            }
        });
        exchange.onStop(() -> engine.abort(queued));
        engine.submit(queued);
    }

    private static List<String> inputs(JsonNode body) {
        JsonNode input = body.path("input");
        if (input.isMissingNode() || input.isNull() || (input.isArray() && input.isEmpty())) {
            throw ApiException.missing("input");
        }
        if (!input.isArray() || input.path(0).isInt()) {
            return List.of(Prompts.text(input));
        }
        List<String> inputs = new ArrayList<>(input.size());
        for (JsonNode each : input) {
            inputs.add(Prompts.text(each));
        }
        return inputs;
    }

    private static float[] vector(String text, int dimensions) {
        SplittableRandom random = new SplittableRandom(Tokens.hash(text));
        float[] vector = new float[dimensions];
        double squares = 0;
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) random.nextDouble(-1, 1);
            squares += vector[i] * vector[i];
        }
        float length = (float) Math.sqrt(squares);
        for (int i = 0; i < dimensions; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static double share(String text) {
        return (Tokens.hash(text) >>> 11) * 0x1.0p-53;
    }

    /** The share of the query's words that the document has. */
    private static double relevance(String query, String document) {
        String searched = document.toLowerCase(Locale.ROOT);
        String[] words = query.toLowerCase(Locale.ROOT).split("\\W+");
        long found = Arrays.stream(words).filter(searched::contains).count();
        return (double) found / words.length;
    }
}
