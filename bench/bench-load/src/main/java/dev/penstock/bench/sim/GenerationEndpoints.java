package dev.penstock.bench.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The endpoints that generate text. Confined to the engine's event loop. */
final class GenerationEndpoints {
    private final EngineCore engine;
    private final Handover handover;

    GenerationEndpoints(EngineCore engine) {
        this.engine = engine;
        EngineSettings.Half half = engine.settings().half();
        handover = new Handover(engine, half.connector(), half.transfers());
    }

    void chat(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        String prompt = Prompts.ofChat(body);
        ReplyFormat.Common common = common(body, "chatcmpl-", engine.settings().card().outputTokens());
        run(exchange, body, prompt, common, chatFormat(body, common, true, 1));
    }

    void completion(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        String prompt = Prompts.ofCompletion(body);
        JsonNode prompts = body.path("prompt");
        boolean several = prompts.isArray() && !prompts.path(0).isInt();
        // The completions API cuts at 16 tokens unless told otherwise.
        ReplyFormat.Common common = common(body, "cmpl-", 16);
        run(exchange, body, prompt, common, chatFormat(body, common, false, several ? prompts.size() : 1));
    }

    void message(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        String prompt = Prompts.ofMessages(body);
        if (!body.has("max_tokens")) {
            throw ApiException.missing("max_tokens");
        }
        ReplyFormat.Common common = common(body, "msg_", engine.settings().card().outputTokens());
        run(exchange, body, prompt, common, new MessagesFormat(common));
    }

    void countTokens(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        exchange.json(200, "{\"input_tokens\":" + Tokens.count(Prompts.ofMessages(body)) + "}");
    }

    void response(Exchange exchange) {
        JsonNode body = Json.object(exchange.request().body());
        String previous = body.path("previous_response_id").asText("");
        String prompt = (previous.isEmpty() || previous.equals("null") ? "" : engine.responses().get(previous))
                + Prompts.ofResponse(body);
        ReplyFormat.Common common = common(body, "resp_", engine.settings().card().outputTokens());
        ResponsesFormat format = new ResponsesFormat(common, engine.newId("msg_"));
        boolean store = body.path("store").asBoolean(true);
        run(exchange, body, prompt, common, format, whole -> {
            if (store) {
                engine.responses().put(common.id(), whole);
            }
        });
    }

    void storedResponse(Exchange exchange, String id) {
        exchange.json(200, engine.responses().get(id));
    }

    private ChatFormat chatFormat(JsonNode body, ReplyFormat.Common common, boolean chat, int prompts) {
        JsonNode options = body.path("stream_options");
        boolean includeUsage = options.path("include_usage").asBoolean(false);
        int choices = prompts * Math.clamp(body.path("n").asInt(1), 1, 16);
        return new ChatFormat(common, chat, choices, includeUsage,
                includeUsage && options.path("continuous_usage_stats").asBoolean(false));
    }

    private ReplyFormat.Common common(JsonNode body, String idPrefix, int tokensUnlessAsked) {
        String model = engine.modelOr(body.path("model").asText(""));
        engine.adapters().check(model);
        int asked = maxTokens(body, tokensUnlessAsked);
        int natural = body.path("ignore_eos").asBoolean(false)
                ? asked
                : Math.max(engine.settings().card().outputTokens(), body.path("min_tokens").asInt(0));
        int tokens = Math.min(asked, natural);
        return new ReplyFormat.Common(engine.newId(idPrefix), model, System.currentTimeMillis() / 1_000,
                new ReplyText(engine.name(), tokens), tokens < natural);
    }

    private static int maxTokens(JsonNode body, int otherwise) {
        for (String field : List.of("max_completion_tokens", "max_tokens", "max_output_tokens")) {
            JsonNode value = body.path(field);
            if (value.isMissingNode() || value.isNull()) {
                continue;
            }
            if (!value.canConvertToInt() || value.asInt() < 1) {
                throw new ApiException(400, "BadRequestError", field + " must be at least 1, got " + value + ".",
                        field);
            }
            return value.asInt();
        }
        return otherwise;
    }

    private void run(Exchange exchange, JsonNode body, String prompt, ReplyFormat.Common common, ReplyFormat format) {
        run(exchange, body, prompt, common, format, whole -> { });
    }

    private void run(Exchange exchange, JsonNode body, String prompt, ReplyFormat.Common common, ReplyFormat format,
            Consumer<String> finished) {
        JsonNode stream = body.path("stream");
        if (!stream.isMissingNode() && !stream.isNull() && !stream.isBoolean()) {
            throw new ApiException(400, "BadRequestError", "stream: Input should be a valid boolean", "stream");
        }
        boolean streaming = stream.asBoolean(false);
        switch (engine.settings().half().role()) {
            case BOTH -> new GenerationRun(engine, exchange, format, finished).start(prompt, common, streaming, false);
            case PREFILL -> {
                Handover.Prefilled first = handover.prefill(body, prompt);
                new GenerationRun(engine, exchange, new PrefillFormat(format, first.fields()),
                        finished.andThen(whole -> first.done().run())).start(prompt, common, streaming, false);
            }
            case DECODE -> {
                GenerationRun second = new GenerationRun(engine, exchange, format, finished);
                CompletableFuture<Void> computed = handover.decode(body);
                if (computed.isDone()) {
                    second.start(prompt, common, streaming, true);
                } else {
                    computed.whenCompleteAsync((done, late) -> later(exchange, late,
                            () -> second.start(prompt, common, streaming, true)), engine.loop());
                }
            }
        }
    }

    private static void later(Exchange exchange, @Nullable Throwable late, Runnable start) {
        String path = exchange.request().path();
        try {
            if (late != null) {
                throw Transfers.failure("nobody has computed the prompt in time");
            }
            start.run();
        } catch (ApiException declined) {
            exchange.json(declined.status(), declined.body(path));
        }
    }
}
