package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code penstock metadata} as a user starts it. */
@Timeout(120)
final class MetadataIT {

    private static final Pattern TOLD = Pattern.compile("penstock: metadata http://localhost:(\\d+)/v1/models");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @Test
    void shouldServeModelsPodsAndUsersUntilItIsStopped() throws Exception {
        Path config = RunningPenstock.configuration(directory, "m", List.of("127.0.0.1:1"));
        Process process = Distribution.command("metadata", "--config", config.toString(), "--port", "0",
                "--set", "users.file=users.json").redirectErrorStream(true).start();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                HttpClient client = HttpClient.newHttpClient()) {
            String url = "http://127.0.0.1:" + port(reader);

            assertThat(send(client, url + "/v1/models", "")).contains("\"id\" : \"m\"");
            assertThat(send(client, url + "/v1/models/m/pods", "")).contains("127.0.0.1:1");
            assertThat(send(client, url + "/CreateUser", "{\"name\":\"ann\",\"rpm\":60}"))
                    .contains("Created User: ann");
            assertThat(directory.resolve("users.json")).content().contains("ann");

            process.toHandle().destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String port(BufferedReader reader) throws Exception {
        String line;
        while ((line = reader.readLine()) != null) {
            Matcher told = TOLD.matcher(line);
            if (told.matches()) {
                return told.group(1);
            }
        }
        throw new IllegalStateException("ended before it told its port");
    }

    private static String send(HttpClient client, String url, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (!body.isEmpty()) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void shouldSayWhatIsWrongInOneLine() throws Exception {
        Distribution.Outcome none = Distribution.launch("metadata", "--port", "0");
        assertThat(none.errors()).singleElement().asString().startsWith("penstock: no configuration: no models");
        assertThat(none.status()).isEqualTo(1);

        Distribution.Outcome wrong = Distribution.launch("metadata", "--portt=0");
        assertThat(wrong.errors()).singleElement().asString().contains("did you mean --port?", "metadata --help");
        assertThat(wrong.status()).isEqualTo(2);
    }
}
