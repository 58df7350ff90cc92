package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every endpoint, over real sockets. */
@Timeout(20)
class EngineApiIT {
    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi there\"}]";

    private final SimFleet fleet = SimFleet.builder().engines(2).model("m").outputTokens(4).time(TimeModel.zero())
            .kvCache(64, 4).start();
    private final SimEngine engine = fleet.engine(0);

    @AfterEach
    void close() {
        fleet.close();
    }

    private RawClient.Answer post(String path, String body) throws IOException {
        return RawClient.post(engine, path, body);
    }

    @Test
    void shouldAnswerAChat() throws IOException {
        RawClient.Answer answer = post("/v1/chat/completions", "{\"model\":\"m\"," + HI + "}");

        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(answer.headers()).containsEntry("x-sim-engine", "sim-0").containsEntry("server", "uvicorn")
                .containsEntry("content-type", "application/json").containsKey("date").doesNotContainKey("connection");
        JsonNode body = answer.json();
        assertThat(body.path("id").asText()).startsWith("chatcmpl-");
        assertThat(body.path("object").asText()).isEqualTo("chat.completion");
        assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("[sim-0] the gate feeds");
        assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(body.path("usage").toString()).isEqualTo("{\"prompt_tokens\":6,\"total_tokens\":10,"
                + "\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":0}}");
    }

    @Test
    void shouldStreamAChatWithUsageOnlyWhenAsked() throws IOException {
        String request = "{\"model\":\"m\",\"stream\":true,\"max_tokens\":2," + HI;
        List<String> plain = post("/v1/chat/completions", request + "}").events();
        List<String> withUsage = post("/v1/chat/completions",
                request + ",\"stream_options\":{\"include_usage\":true}}").events();

        assertThat(plain).hasSize(5).last().isEqualTo("[DONE]");
        assertThat(plain.get(0)).contains("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}");
        assertThat(plain.get(1)).contains("\"delta\":{\"content\":\"[sim-0]\"}");
        assertThat(plain.get(3)).contains("\"finish_reason\":\"length\"");
        assertThat(String.join("", plain)).doesNotContain("usage");
        assertThat(withUsage).hasSize(6);
        assertThat(withUsage.get(4)).contains("\"choices\":[],\"usage\":{\"prompt_tokens\":6,\"total_tokens\":8");
    }

    @Test
    void shouldSendEachTokenAsAChunkOfItsOwn() throws IOException {
        try (RawClient client = new RawClient(engine)) {
            client.send(RawClient.request("/v1/chat/completions", "{\"stream\":true," + HI + "}"));
            assertThat(client.head().headers()).containsEntry("transfer-encoding", "chunked")
                    .containsEntry("content-type", "text/event-stream; charset=utf-8");
            assertThat(client.chunks()).hasSize(7).allMatch(chunk -> chunk.startsWith("data: ")
                    && chunk.endsWith("\n\n"));
        }
    }

    @Test
    void shouldAnswerCompletionsOfAnyPrompt() throws IOException {
        assertThat(post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"a\"}").json().at("/choices/0/text").asText())
                .startsWith("[sim-0]");
        assertThat(post("/v1/completions", "{\"model\":\"m\",\"prompt\":[\"a\",\"b\"]}").json().path("choices"))
                .hasSize(2);
        assertThat(post("/v1/completions", "{\"model\":\"m\",\"prompt\":[1,2,3]}").json()
                .at("/usage/prompt_tokens").asInt()).isEqualTo(3);
        assertThat(post("/v1/completions", "{\"prompt\":\"a\",\"stream\":true,\"max_tokens\":1}").events())
                .hasSize(3).first().asString().contains("\"object\":\"text_completion\"", "\"text\":\"[sim-0]\"");
    }

    @Test
    void shouldAnswerAnthropicMessages() throws IOException {
        String request = "{\"model\":\"m\",\"max_tokens\":2,\"system\":\"be kind\"," + HI;
        JsonNode whole = post("/v1/messages", request + "}").json();
        RawClient.Answer stream = post("/v1/messages", request + ",\"stream\":true}");

        assertThat(whole.path("type").asText()).isEqualTo("message");
        assertThat(whole.at("/content/0/text").asText()).startsWith("[sim-0]");
        assertThat(whole.path("stop_reason").asText()).isEqualTo("max_tokens");
        assertThat(stream.body().lines().filter(line -> line.startsWith("event: "))).containsExactly(
                "event: message_start", "event: content_block_start", "event: ping", "event: content_block_delta",
                "event: content_block_delta", "event: content_block_stop", "event: message_delta",
                "event: message_stop");
        // The second prompt finds a block of the first one; Anthropic counts that apart.
        assertThat(stream.events().getFirst()).contains("\"input_tokens\":2,", "\"cache_read_input_tokens\":4,");
        assertThat(stream.events().get(6)).contains("\"stop_reason\":\"max_tokens\"", "\"output_tokens\":2");
        assertThat(post("/v1/messages", "{" + HI + "}").body()).isEqualTo("{\"type\":\"error\",\"error\":{\"type\":"
                + "\"invalid_request_error\",\"message\":\"Field required: max_tokens\"}}");
        assertThat(post("/v1/messages/count_tokens", "{" + HI + "}").body()).isEqualTo("{\"input_tokens\":4}");
    }

    @Test
    void shouldKeepResponsesWhereTheyWereMade() throws IOException {
        JsonNode made = post("/v1/responses", "{\"model\":\"m\",\"input\":\"hi\"}").json();
        String id = made.path("id").asText();

        assertThat(made.at("/output/0/content/0/text").asText()).startsWith("[sim-0]");
        assertThat(RawClient.get(engine, "/v1/responses/" + id).json()).isEqualTo(made);
        assertThat(RawClient.get(fleet.engine(1), "/v1/responses/" + id).status()).isEqualTo(404);
        assertThat(post("/v1/responses", "{\"input\":\"more\",\"previous_response_id\":\"" + id + "\"}").status())
                .isEqualTo(200);
        assertThat(RawClient.post(fleet.engine(1), "/v1/responses",
                "{\"input\":\"more\",\"previous_response_id\":\"" + id + "\"}").status()).isEqualTo(404);
    }

    @Test
    void shouldStreamResponses() throws IOException {
        RawClient.Answer answer = post("/v1/responses", "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":"
                + "\"input_text\",\"text\":\"hi\"}]}],\"stream\":true}");
        List<String> events = answer.events();

        assertThat(events).hasSize(12);
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i)).contains("\"sequence_number\":" + i + ",");
        }
        assertThat(events.getLast()).contains("response.completed", "\"input_tokens\":2");
        String id = Json.object(events.getLast().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .at("/response/id").asText();
        assertThat(RawClient.get(engine, "/v1/responses/" + id).status()).isEqualTo(200);
    }

    @Test
    void shouldEmbedAsNumbersAndAsBase64() throws IOException {
        JsonNode numbers = post("/v1/embeddings", "{\"model\":\"m\",\"input\":[\"a\",\"b\"],\"dimensions\":3}").json();
        JsonNode base64 = post("/v1/embeddings",
                "{\"input\":\"a\",\"dimensions\":3,\"encoding_format\":\"base64\"}").json();

        assertThat(numbers.path("data")).hasSize(2);
        assertThat(numbers.at("/data/1/index").asInt()).isEqualTo(1);
        assertThat(numbers.at("/data/0/embedding")).hasSize(3);
        assertThat(Base64.getDecoder().decode(base64.at("/data/0/embedding").asText())).hasSize(12);
    }

    @Test
    void shouldRerankClassifyAndTokenize() throws IOException {
        JsonNode ranked = post("/v1/rerank", "{\"query\":\"what is panda\",\"documents\":[\"hi\",\"a panda is\"],"
                + "\"top_n\":1}").json();
        assertThat(ranked.path("results")).hasSize(1);
        assertThat(ranked.at("/results/0/index").asInt()).isEqualTo(1);

        JsonNode classes = post("/v1/classify", "{\"input\":[\"a\",\"b\"]}").json();
        assertThat(classes.path("data")).hasSize(2);
        assertThat(classes.at("/data/0/label").asText()).startsWith("LABEL_");

        assertThat(post("/tokenize", "{\"prompt\":\"12345\"}").json().path("count").asInt()).isEqualTo(2);
        assertThat(post("/tokenize", "{" + HI + "}").json().path("tokens")).hasSize(6);
        assertThat(post("/tokenize", "{\"add_generation_prompt\":false," + HI + "}").json().path("tokens")).hasSize(4);
        assertThat(post("/v1/images/generations", "{\"prompt\":\"a\"}").json().at("/data/0/b64_json").asText())
                .isNotEmpty();
    }

    @Test
    void shouldTranscribeAForm() throws IOException {
        String form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b\r\nContent-Disposition: "
                + "form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--b--\r\n";

        assertThat(RawClient.post(engine, "/v1/audio/transcriptions", form,
                "Content-Type: multipart/form-data; boundary=b").json().path("text").asText()).startsWith("[sim-0]");
        assertThat(post("/v1/audio/transcriptions", form).status()).isEqualTo(400);
    }

    @Test
    void shouldTellAboutItself() throws IOException {
        assertThat(RawClient.get(engine, "/health").status()).isEqualTo(200);
        assertThat(RawClient.get(engine, "/version").json().path("version").asText()).isNotEmpty();
        assertThat(RawClient.get(engine, "/v1/models/").json().at("/data/0/id").asText()).isEqualTo("m");
        assertThat(RawClient.get(engine, "/nowhere").status()).isEqualTo(404);
        assertThat(RawClient.get(engine, "/v1/completions").status()).isEqualTo(405);
    }

    @Test
    void shouldShowMetricsUnderTheNamesOfVllm() throws IOException {
        String request = "{\"prompt\":\"a prompt of several blocks, cached the second time\",\"max_tokens\":2}";
        post("/v1/completions", request);
        post("/v1/completions", request);
        String labels = "{engine=\"0\",model_name=\"m\"";
        String page = RawClient.get(engine, "/metrics").body();

        assertThat(page.lines()).contains(
                "vllm:num_requests_running" + labels + "} 0.0",
                "vllm:num_requests_waiting" + labels + "} 0.0",
                "vllm:kv_cache_usage_perc" + labels + "} 0.0",
                "vllm:prefix_cache_queries_total" + labels + "} 26.0",
                "vllm:prefix_cache_hits_total" + labels + "} 12.0",
                "vllm:prompt_tokens_total" + labels + "} 26.0",
                "vllm:generation_tokens_total" + labels + "} 4.0",
                "vllm:request_success_total" + labels + ",finished_reason=\"stop\"} 2.0",
                "vllm:time_to_first_token_seconds_count" + labels + "} 2.0",
                "vllm:e2e_request_latency_seconds_bucket" + labels + ",le=\"+Inf\"} 2.0",
                "vllm:time_per_output_token_seconds_count" + labels + "} 2.0");
        assertThat(page).contains("vllm:cache_config_info{block_size=\"4\"", "num_gpu_blocks=\"64\"");
    }

    @Test
    void shouldLoadAndUnloadAdapters() throws IOException {
        String load = "{\"lora_name\":\"l\",\"lora_path\":\"/models/l\"}";
        String ask = "{\"model\":\"l\"," + HI + "}";

        assertThat(post("/v1/chat/completions", ask).body())
                .isEqualTo("{\"error\":{\"message\":\"The model `l` does not exist.\",\"type\":\"NotFoundError\","
                        + "\"param\":\"model\",\"code\":404}}");
        assertThat(post("/v1/load_lora_adapter", load).body())
                .isEqualTo("Success: LoRA adapter 'l' added successfully.");
        assertThat(post("/v1/load_lora_adapter", load).status()).isEqualTo(400);
        assertThat(post("/v1/chat/completions", ask).json().path("model").asText()).isEqualTo("l");
        assertThat(RawClient.get(engine, "/v1/models").json().at("/data/1/parent").asText()).isEqualTo("m");
        assertThat(RawClient.get(engine, "/metrics").body()).contains("running_lora_adapters=\"l\"");
        assertThat(engine.models()).containsExactly("m", "l");
        assertThat(post("/v1/unload_lora_adapter", load).status()).isEqualTo(200);
        assertThat(post("/v1/unload_lora_adapter", load).status()).isEqualTo(404);
        assertThat(post("/v1/chat/completions", ask).status()).isEqualTo(404);
    }

    @Test
    void shouldDeclineWhatMakesNoSense() throws IOException {
        assertThat(post("/v1/chat/completions", "{").status()).isEqualTo(400);
        assertThat(post("/v1/chat/completions", "{}").json().at("/error/param").asText()).isEqualTo("messages");
        assertThat(post("/v1/chat/completions", "{\"stream\":\"true\"," + HI + "}").status()).isEqualTo(400);
        assertThat(post("/v1/chat/completions", "{\"max_tokens\":0," + HI + "}").status()).isEqualTo(400);
        assertThat(post("/v1/completions", "{\"prompt\":\"" + "x".repeat(2_000) + "\"}").body())
                .contains("maximum context length");
    }

    @Test
    void shouldDemandItsKey() throws IOException {
        try (SimFleet guarded = SimFleet.builder().apiKey("k").time(TimeModel.zero()).start()) {
            SimEngine locked = guarded.engine(0);

            RawClient.Answer declined = RawClient.get(locked, "/v1/models");
            assertThat(declined.status()).isEqualTo(401);
            assertThat(declined.json().at("/error/code").asText()).isEqualTo("invalid_api_key");
            assertThat(RawClient.post(locked, "/v1/completions", "{\"prompt\":\"a\"}", "Authorization: Bearer k")
                    .status()).isEqualTo(200);
            assertThat(RawClient.post(locked, "/v1/completions", "{\"prompt\":\"a\"}", "X-Api-Key: k").status())
                    .isEqualTo(200);
            assertThat(RawClient.get(locked, "/health").status()).isEqualTo(200);
        }
    }
}
