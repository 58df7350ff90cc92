package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code penstock keys} as a user calls it, and OpenAI's and Anthropic's own clients with the keys that it makes. */
@Timeout(180)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class KeysIT {

    private static final String MODEL = "sim-model";

    @TempDir
    Path directory;

    private String make(String... terms) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("keys", "make", "--file", file().toString()));
        arguments.addAll(List.of(terms));
        Distribution.Outcome made = Distribution.launch(arguments.toArray(String[]::new));
        assertThat(made.status()).as(made.err()).isZero();
        assertThat(made.out()).matches("pk-[a-z0-9]{10}-[0-9A-Za-z]{43}\\R");
        assertThat(made.err()).contains(id(made.out())).doesNotContain(made.out().strip());
        return made.out().strip();
    }

    private Path file() {
        return directory.resolve("keys.jsonl");
    }

    private static String id(String secret) {
        return secret.split("-", -1)[1];
    }

    private static ChatCompletionCreateParams chat(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("What is a penstock?").build();
    }

    private static OpenAIClient openAi(RunningPenstock penstock, String key) {
        return OpenAIOkHttpClient.builder().baseUrl(penstock.url() + "/v1").apiKey(key).maxRetries(0).build();
    }

    private static AnthropicClient anthropic(RunningPenstock penstock, String key) {
        return AnthropicOkHttpClient.builder().baseUrl(penstock.url()).apiKey(key).maxRetries(0).build();
    }

    @Test
    void shouldLetInWhoHasAKeyUntilItIsRevoked() throws Exception {
        String all = make("--user", "ann", "--rpm", "1000", "--expires", "30d");
        String other = make("--model", "another", "--model", "a third");
        try (SimFleet fleet = SimFleet.builder().engines(1).model(MODEL).time(TimeModel.zero()).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()), "--set",
                        "keys.file=keys.jsonl")) {
            OpenAIClient good = openAi(penstock, all);
            OpenAIClient narrow = openAi(penstock, other);
            OpenAIClient wrong = openAi(penstock, "sk-wrong");
            AnthropicClient claude = anthropic(penstock, all);
            AnthropicClient wrongClaude = anthropic(penstock, "sk-wrong");
            MessageCreateParams message = MessageCreateParams.builder().model(MODEL).maxTokens(8)
                    .addUserMessage("What is a penstock?").build();

            assertThat(good.chat().completions().create(chat(MODEL)).choices()).isNotEmpty();
            assertThat(good.models().list().data()).hasSize(1);
            assertThat(claude.messages().create(message).content()).isNotEmpty();
            assertThatThrownBy(() -> wrong.chat().completions().create(chat(MODEL)))
                    .isInstanceOf(UnauthorizedException.class).hasMessageContaining("Incorrect API key provided");
            assertThatThrownBy(() -> wrong.models().list()).isInstanceOf(UnauthorizedException.class);
            assertThatThrownBy(() -> wrongClaude.messages().create(message))
                    .isInstanceOf(com.anthropic.errors.UnauthorizedException.class);
            assertThatThrownBy(() -> narrow.chat().completions().create(chat(MODEL)))
                    .isInstanceOf(PermissionDeniedException.class).hasMessageContaining("may not use it");
            assertThat(narrow.models().list().data()).isEmpty();

            Distribution.Outcome revoked = Distribution.launch("keys", "revoke", id(all), "--config",
                    directory.resolve("penstock.yaml").toString(), "--set", "keys.file=keys.jsonl");
            assertThat(revoked.err()).contains("key " + id(all) + " is revoked");
            assertThat(revoked.status()).isZero();
            penstock.await("revoked", () -> refused(good));
            assertThat(penstock.text()).doesNotContain(all, other);

            Stream.of(good, narrow, wrong).forEach(OpenAIClient::close);
            Stream.of(claude, wrongClaude).forEach(AnthropicClient::close);
        }
    }

    private static boolean refused(OpenAIClient client) {
        try {
            client.chat().completions().create(chat(MODEL));
            return false;
        } catch (UnauthorizedException e) {
            return true;
        }
    }

    @Test
    void shouldListKeysWithoutTheirSecrets() throws Exception {
        String one = make("--user", "ann", "--rpm", "60", "--tpm", "1000", "--model", "m", "--expires", "12h");
        String two = make();

        Distribution.Outcome list = Distribution.launch("keys", "list", "--file", file().toString());

        assertThat(list.status()).isZero();
        assertThat(list.err()).isEmpty();
        assertThat(list.out().lines()).hasSize(3).anySatisfy(line -> assertThat(line).startsWith(id(one))
                .containsPattern("ann +60 +1000 +20\\d\\d-\\S+Z +20\\d\\d-\\S+Z +m$"))
                .anySatisfy(line -> assertThat(line).startsWith(id(two)).containsPattern("- +- +- +\\S+Z +- +all$"));
        assertThat(list.out() + Files.readString(file())).doesNotContain(one.substring(14), two.substring(14));
    }

    @Test
    void shouldLoseNothingOfSeveralAtOnce() throws Exception {
        List<Process> several = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            several.add(Distribution.command("keys", "make", "--file", file().toString(), "--user", "u" + i)
                    .redirectErrorStream(true).redirectOutput(directory.resolve("out" + i).toFile()).start());
        }
        for (Process each : several) {
            assertThat(each.waitFor()).isZero();
        }
        assertThat(Files.readAllLines(file())).hasSize(4);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(2, "expected: a whole number above 0", List.of("make", "--file", "k", "--rpm", "0")),
                Arguments.of(2, "Invalid value for option '--rpm'", List.of("make", "--file", "k", "--rpm", "many")),
                Arguments.of(2, "--expires: soon (expected: a time", List.of("make", "--file", "k", "--expires",
                        "soon")),
                Arguments.of(2, "user: expected: 1 to 256 visible ASCII characters", List.of("make", "--file", "k",
                        "--user", "\u00e4")),
                Arguments.of(2, "mutually exclusive", List.of("list", "--file", "k", "--redis", "redis://h")),
                Arguments.of(2, "did you mean --file", List.of("list", "--fil", "k")),
                Arguments.of(2, "ID", List.of("revoke", "--file", "k")),
                Arguments.of(1, "no store of keys (expected: --file FILE, --redis URL", List.of("list")),
                Arguments.of(1, "missing: no such file", List.of("list", "--file", "missing")),
                Arguments.of(1, "missing: no such file", List.of("revoke", "x", "--file", "missing")),
                Arguments.of(1, "no/keys: no such directory", List.of("make", "--file", "no/keys")),
                Arguments.of(1, "broken:1:1: not JSON", List.of("make", "--file", "broken")),
                Arguments.of(1, "there is no key x", List.of("revoke", "x", "--file", "empty")),
                Arguments.of(1, "Redis cannot be reached", List.of("list", "--redis", "redis://127.0.0.1:1", "--set",
                        "redis.timeout=200ms")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldSayWhatIsWrong(int status, String message, List<String> arguments) throws Exception {
        Files.writeString(directory.resolve("broken"), "nonsense\n");
        Files.writeString(directory.resolve("empty"), "");
        List<String> all = new ArrayList<>(List.of("keys"));
        all.addAll(arguments);

        Distribution.Outcome outcome = Distribution.run(Distribution.command(all.toArray(String[]::new))
                .directory(directory.toFile()));

        assertThat(outcome.err()).contains(message).doesNotContain("\tat ", "Exception");
        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.out()).isEmpty();
        assertThat(directory.resolve("k")).doesNotExist();
    }
}
