package dev.penstock.bench.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What an engine that does half of a request demands of it, and says of the other half: checked as strictly as an
 * engine would fail, with words that say what is missing. Confined to the engine's event loop.
 */
final class Handover {
    private static final String PARAMS = "kv_transfer_params";
    private static final String RESPONSE = "disagg_prefill_resp";
    private static final String DISAGGREGATED = "disaggregated_params";
    private static final String TOKEN_IDS = "prompt_token_ids";
    private static final String ROOM = "bootstrap_room";
    private static final int PORT = 8_200;

    private final EngineCore engine;
    private final KvConnector connector;
    private final Transfers transfers;

    /**
     * What a prefill engine says.
     *
     * @param fields of its answer, JSON members without braces; empty for none
     * @param done   run when the prompt has been computed
     */
    record Prefilled(String fields, Runnable done) { }

    Handover(EngineCore engine, KvConnector connector, Transfers transfers) {
        this.engine = engine;
        this.connector = connector;
        this.transfers = transfers;
    }

    /**
     * Begins the first half.
     *
     * @throws ApiException with 400 where the request is none
     */
    Prefilled prefill(JsonNode body, String prompt) {
        boolean trtllm = connector == KvConnector.TRTLLM;
        demand(body.path("max_tokens").asInt() == 1, "max_tokens: 1");
        demand(trtllm ? !body.has("max_completion_tokens") : body.path("max_completion_tokens").asInt() == 1,
                trtllm ? "no max_completion_tokens" : "max_completion_tokens: 1");
        demand(!body.path("stream").asBoolean(false), "stream: false");
        demand(!body.has("stream_options") && !body.has("min_tokens"), "no stream_options, no min_tokens");
        return switch (connector) {
            case SHFS -> {
                JsonNode params = body.path(PARAMS);
                demand(params.path("do_remote_decode").asBoolean(false)
                        && !params.path("do_remote_prefill").asBoolean(true), PARAMS + ".do_remote_decode: true");
                yield blocks();
            }
            case NIXL -> blocks();
            case MOONCAKE -> {
                JsonNode params = body.path(PARAMS);
                demand(params.path("do_remote_decode").asBoolean(false), PARAMS + ".do_remote_decode: true");
                String id = text(params, PARAMS, "transfer_id");
                yield new Prefilled("", () -> transfers.hold(id, engine.name()));
            }
            case SGLANG -> {
                String room = room(body);
                yield new Prefilled("", () -> transfers.computed(room));
            }
            case TRTLLM -> context(body.path(DISAGGREGATED), prompt);
        };
    }

    /**
     * Begins the second half.
     *
     * @return completes when the prompt has been computed
     * @throws ApiException with 400 where the request does not tell what it should, 500 where it tells of nothing there
     */
    CompletableFuture<Void> decode(JsonNode body) {
        switch (connector) {
            case SHFS -> {
                JsonNode params = body.path(PARAMS);
                text(params, PARAMS, "remote_host");
                takeBlocks(params, PARAMS);
            }
            case NIXL -> {
                demand(body.path(RESPONSE).path("choices").isArray(), RESPONSE + ", the whole answer");
                takeBlocks(body.path(RESPONSE).path(PARAMS), RESPONSE + "." + PARAMS);
            }
            case MOONCAKE -> {
                JsonNode params = body.path(PARAMS);
                demand(params.path("do_remote_prefill").asBoolean(false), PARAMS + ".do_remote_prefill: true");
                text(params, PARAMS, "remote_bootstrap_addr");
                transfers.take(text(params, PARAMS, "transfer_id"), text(params, PARAMS, "remote_engine_id"));
            }
            case SGLANG -> {
                return transfers.entered(room(body));
            }
            case TRTLLM -> takeContext(body);
        }
        return CompletableFuture.completedFuture(null);
    }

    private Prefilled blocks() {
        // Longer than what a double holds: whoever reads and writes numbers by it is found out.
        long block = engine.newNumber() | 1L << 62;
        String request = engine.newId("");
        String ids = "[" + block + "," + (block - 1) + "]";
        String fields = "\"" + PARAMS + "\":{\"do_remote_prefill\":true,\"do_remote_decode\":false,"
                + "\"remote_engine_id\":" + Json.quote(engine.name()) + ",\"remote_request_id\":" + Json.quote(request)
                + ",\"remote_block_ids\":" + ids + ",\"remote_host\":null,\"remote_port\":" + PORT + "}";
        return new Prefilled(fields, () -> transfers.hold(request, engine.name() + ids));
    }

    private void takeBlocks(JsonNode params, String where) {
        demand(params.path("do_remote_prefill").asBoolean(false), where + ".do_remote_prefill: true");
        demand(params.path("remote_block_ids").isArray(), where + ".remote_block_ids: [..]");
        demand(params.path("remote_port").asInt() == PORT, where + ".remote_port: " + PORT);
        transfers.take(text(params, where, "remote_request_id"),
                text(params, where, "remote_engine_id") + params.path("remote_block_ids"));
    }

    private Prefilled context(JsonNode params, String prompt) {
        demand(params.path("request_type").asText().equals("context_only"),
                DISAGGREGATED + ".request_type: context_only");
        demand(params.path("disagg_request_id").isIntegralNumber(), DISAGGREGATED + ".disagg_request_id: a number");
        String id = params.path("disagg_request_id").asText();
        long context = engine.newNumber() >>> 1;
        String ids = Json.write(Tokens.ids(prompt));
        String fields = "\"" + TOKEN_IDS + "\":" + ids + ",\"" + DISAGGREGATED
                + "\":{\"request_type\":\"context_only\",\"disagg_request_id\":" + id + ",\"ctx_request_id\":" + context
                + ",\"first_gen_tokens\":[1],\"opaque_state\":\"c2lt\",\"draft_tokens\":null}";
        return new Prefilled(fields, () -> transfers.hold(id, context + ids));
    }

    private void takeContext(JsonNode body) {
        JsonNode params = body.path(DISAGGREGATED);
        demand(params.path("request_type").asText().equals("generation_only"),
                DISAGGREGATED + ".request_type: generation_only");
        demand(!params.path("opaque_state").asText().isEmpty(), DISAGGREGATED + ".opaque_state");
        String where = body.has("messages") ? TOKEN_IDS : "prompt";
        demand(body.path(where).path(0).isIntegralNumber(), where + ": the tokens of the prompt");
        transfers.take(params.path("disagg_request_id").asText(),
                params.path("ctx_request_id").asText() + body.path(where));
    }

    private static String room(JsonNode body) {
        text(body, "", "bootstrap_host");
        demand(body.path("bootstrap_port").asInt() > 0, "bootstrap_port: a port");
        demand(body.path(ROOM).canConvertToLong() && body.path(ROOM).isIntegralNumber()
                && body.path(ROOM).asLong() >= 0, ROOM + ": a number of at most 63 bits");
        return body.path(ROOM).asText();
    }

    private static String text(JsonNode node, String where, String field) {
        String text = node.path(field).asText("");
        List<String> path = where.isEmpty() ? List.of(field) : List.of(where, field);
        demand(node.path(field).isTextual() && !text.isEmpty(), String.join(".", path) + ": a text");
        return text;
    }

    private static void demand(boolean holds, String expected) {
        if (!holds) {
            throw ApiException.badRequest("this engine does one half of a request (expected: " + expected + ")");
        }
    }
}
