package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.errors.UnprocessableEntityException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenAI's and Anthropic's own clients work as they are: every call, and every error as the right exception. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OfficialClientsIT {

    private static final String MODEL = "sim-model";
    private static final Path NODE = Path.of("src/test/node").toAbsolutePath();

    @SuppressWarnings("NullAway.Init") // set before all tests
    private Path directory;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private SimFleet fleet;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private RunningPenstock penstock;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private OpenAIClient client;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private AnthropicClient anthropic;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder;
        fleet = SimFleet.builder().engines(3).model(MODEL).time(TimeModel.zero()).faultHeader(true).start();
        Path configuration = RunningPenstock.configuration(directory, MODEL, fleet.addresses());
        Files.writeString(directory.resolve("users.json"), "{\"users\": [{\"name\": \"limited\", \"rpm\": 1}]}");
        Files.writeString(configuration, "users.file: users.json\n", StandardOpenOption.APPEND);
        penstock = RunningPenstock.serve(configuration);
        client = OpenAIOkHttpClient.builder().baseUrl(penstock.url() + "/v1").apiKey("test").maxRetries(0).build();
        anthropic = AnthropicOkHttpClient.builder().baseUrl(penstock.url()).apiKey("test").maxRetries(0).build();
    }

    @AfterAll
    void stop() {
        client.close();
        anthropic.close();
        penstock.close();
        fleet.close();
    }

    @Test
    void shouldAnswerAChat() {
        ChatCompletion answer = client.chat().completions().create(chat(MODEL).build());

        assertThat(answer.choices().getFirst().message().content().orElseThrow()).isNotEmpty();
        assertThat(answer.usage().orElseThrow().totalTokens()).isPositive();
    }

    @Test
    void shouldStreamAChatWithoutUsageThatNobodyAskedFor() {
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat().completions()
                .createStreaming(chat(MODEL).build())) {
            List<ChatCompletionChunk> all = chunks.stream().toList();

            assertThat(all).hasSizeGreaterThan(2).allMatch(chunk -> !chunk.choices().isEmpty());
        }
    }

    @Test
    void shouldStreamAChatWithUsageWhereItIsAskedFor() {
        ChatCompletionCreateParams asked = chat(MODEL)
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat().completions().createStreaming(asked)) {
            assertThat(chunks.stream().toList().getLast().usage().orElseThrow().completionTokens()).isPositive();
        }
    }

    @Test
    void shouldComplete() {
        var answer = client.completions().create(CompletionCreateParams.builder().model(MODEL)
                .prompt("Once upon a time").maxTokens(8).build());

        assertThat(answer.choices().getFirst().text()).isNotEmpty();
    }

    @Test
    void shouldEmbed() {
        var answer = client.embeddings().create(EmbeddingCreateParams.builder().model(MODEL)
                .inputOfArrayOfStrings(List.of("one", "two")).build());

        assertThat(answer.data()).hasSize(2);
    }

    @Test
    void shouldListModels() {
        assertThat(client.models().list().data()).anyMatch(model -> model.id().equals(MODEL));
    }

    @Test
    void shouldRaiseBadRequestForAnUnknownModel() {
        assertThatThrownBy(() -> client.chat().completions().create(chat("no-such-model").build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("model no-such-model does not exist");
    }

    static Stream<Map.Entry<String, Class<? extends Exception>>> errorsOfEngines() {
        return Stream.of(Map.entry("status=400", BadRequestException.class),
                Map.entry("status=401", UnauthorizedException.class),
                Map.entry("status=404", NotFoundException.class),
                Map.entry("status=422", UnprocessableEntityException.class),
                Map.entry("status=429", RateLimitException.class),
                Map.entry("status=500", InternalServerException.class),
                Map.entry("status=503", InternalServerException.class));
    }

    @ParameterizedTest
    @MethodSource("errorsOfEngines")
    void shouldRaiseErrorsOfTheEngineAsTheyAre(Map.Entry<String, Class<? extends Exception>> error) {
        ChatCompletionCreateParams faulty = chat(MODEL).putAdditionalHeader("x-sim-fault", error.getKey()).build();

        assertThatThrownBy(() -> client.chat().completions().create(faulty)).isInstanceOf(error.getValue());
    }

    @Test
    void shouldRaiseRateLimitForAUserWhoHasNoRequestsLeft() {
        ChatCompletionCreateParams limited = chat(MODEL).putAdditionalHeader("user", "limited").build();
        client.chat().completions().create(limited);

        assertThatThrownBy(() -> client.chat().completions().create(limited))
                .isInstanceOfSatisfying(RateLimitException.class, e -> {
                    assertThat(e.code()).contains("rate_limit_exceeded");
                    assertThat(e.headers().values("retry-after")).hasSize(1);
                    assertThat(e.headers().values("x-ratelimit-remaining-requests")).containsExactly("0");
                }).hasMessageContaining("user: limited has exceeded RPM: 1");
    }

    @Test
    void shouldNotEndAStreamThatBreaksAsIfItWereWhole() {
        ChatCompletionCreateParams broken = chat(MODEL).putAdditionalHeader("x-sim-fault", "reset-mid-body").build();
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat().completions().createStreaming(broken)) {
            assertThatThrownBy(() -> chunks.stream().toList()).isInstanceOf(Exception.class);
        }
    }

    @Test
    void shouldNotEndAResponseThatBreaksAsIfItWereWhole() {
        ResponseCreateParams broken = ResponseCreateParams.builder().model(MODEL).input("What is a penstock?")
                .putAdditionalHeader("x-sim-fault", "reset-mid-body").build();
        try (StreamResponse<ResponseStreamEvent> events = client.responses().createStreaming(broken)) {
            assertThatThrownBy(() -> events.stream().toList()).isInstanceOf(Exception.class);
        }
    }

    // ---- Anthropic's

    @Test
    void shouldNotEndAMessageThatBreaksAsIfItWereWhole() {
        MessageCreateParams broken = message(MODEL).toBuilder()
                .putAdditionalHeader("x-sim-fault", "reset-mid-body").build();
        try (var events = anthropic.messages().createStreaming(broken)) {
            assertThatThrownBy(() -> events.stream().toList()).isInstanceOf(Exception.class);
        }
    }

    @Test
    void shouldAnswerAMessage() {
        Message answer = anthropic.messages().create(message(MODEL));

        assertThat(answer.content().getFirst().asText().text()).isNotEmpty();
        assertThat(answer.usage().outputTokens()).isPositive();
    }

    @Test
    void shouldStreamAMessage() {
        try (var events = anthropic.messages().createStreaming(message(MODEL))) {
            List<RawMessageStreamEvent> all = events.stream().toList();

            assertThat(all.getFirst().isMessageStart()).isTrue();
            assertThat(all).anyMatch(RawMessageStreamEvent::isContentBlockDelta);
            assertThat(all.getLast().isMessageStop()).isTrue();
        }
    }

    @Test
    void shouldRaiseAnthropicsBadRequestForAnUnknownModel() {
        assertThatThrownBy(() -> anthropic.messages().create(message("no-such-model")))
                .isInstanceOf(com.anthropic.errors.BadRequestException.class)
                .hasMessageContaining("model no-such-model does not exist");
    }

    private static MessageCreateParams message(String model) {
        return MessageCreateParams.builder().model(model).maxTokens(16).addUserMessage("What is a penstock?").build();
    }

    // ---- for Node

    @Test
    void shouldWorkWithTheClientsForNode() throws Exception {
        assumeTrue(works("node", "--version"), "node is not installed: its official clients are not tried");
        assumeTrue(works("npm", "--version"), "npm is not installed: its official clients are not tried");
        Path work = directory.resolve("node");
        Files.createDirectories(work);
        for (String file : List.of("package.json", "package-lock.json", ".npmrc", "clients.mjs")) {
            Files.copy(NODE.resolve(file), work.resolve(file));
        }
        Distribution.Outcome install = run(work, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");
        assertThat(install.status()).as(install.err()).isZero();

        Distribution.Outcome outcome = run(work, "node", "clients.mjs", penstock.url(), MODEL);

        assertThat(outcome.out()).contains("ok chat").doesNotContain("FAILED");
        assertThat(outcome.status()).as(outcome.err()).isZero();
    }

    private static ChatCompletionCreateParams.Builder chat(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("What is a penstock?");
    }

    private boolean works(String... command) throws InterruptedException {
        try {
            return run(directory, command).status() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Distribution.Outcome run(Path folder, String... command) throws IOException, InterruptedException {
        return Distribution.run(new ProcessBuilder(command).directory(folder.toFile()));
    }
}
