package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.core.config.InvalidSettingsException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class MetadataTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FLEET = """
            models:
              - name: meta/llama-3
                endpoints: [10.0.0.1, "10.0.0.2:8001"]
                aliases: [gpt-4]
                labels: {tier: gold}
              - name: odd/pods
                endpoints: [10.0.0.1]
                labels: {tier: gold}
            discovery.interval: 20ms
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path config;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Metadata metadata;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        config = Files.writeString(folder.resolve("p.yaml"), FLEET);
        metadata = builder().startMetadata();
    }

    private Penstock.Builder builder() {
        return Penstock.builder().configFile(config).setting("metadata.port", "0", "test")
                .setting("users.file", "users.json", "test");
    }

    @AfterEach
    void stop() {
        metadata.close();
        client.close();
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metadata.port() + path))
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(int status, HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        return JSON.readTree(answer.body());
    }

    private JsonNode get(int status, String path) throws Exception {
        return json(status, send("GET", path, ""));
    }

    private static List<String> texts(JsonNode array, String field) {
        return array.findValuesAsText(field);
    }

    // ---- models and pods

    @Test
    void shouldListModelsAsOpenAiDoes() throws Exception {
        JsonNode list = get(200, "/v1/models");

        assertThat(list.path("object").asText()).isEqualTo("list");
        assertThat(texts(list.path("data"), "id")).containsExactly("gpt-4", "meta/llama-3", "odd/pods");
        assertThat(list.path("data").path(0).toString())
                .isEqualTo("{\"id\":\"gpt-4\",\"object\":\"model\",\"created\":0,\"owned_by\":\"aibrix\"}");
    }

    @Test
    void shouldTellOneModelAndItsPods() throws Exception {
        JsonNode model = get(200, "/v1/models/meta/llama-3");
        assertThat(model.path("id").asText()).isEqualTo("meta/llama-3");
        assertThat(model.path("pods").asInt()).isEqualTo(2);
        assertThat(model.path("ready_pods").asInt()).isEqualTo(2);
        assertThat(get(200, "/v1/models/gpt-4").path("base_model").asText()).isEqualTo("meta/llama-3");

        JsonNode pods = get(200, "/v1/models/meta%2Fllama-3/pods");
        assertThat(texts(pods.path("data"), "name")).containsExactly("10.0.0.1-8000", "10.0.0.2-8001");
        assertThat(pods.path("data").path(1).path("endpoints").path(0).asText()).isEqualTo("10.0.0.2:8001");
        assertThat(get(200, "/v1/models/odd%2Fpods").path("id").asText()).isEqualTo("odd/pods");
        assertThat(get(200, "/v1/models/odd%2Fpods/pods").path("data")).hasSize(1);
    }

    @Test
    void shouldTellOnePodAndItsModels() throws Exception {
        assertThat(get(200, "/v1/pods").path("data")).hasSize(2);

        JsonNode pod = get(200, "/v1/pods/standalone/10.0.0.1-8000");
        assertThat(pod.path("ready").asBoolean()).isTrue();
        assertThat(pod.path("models").toString()).isEqualTo("[\"gpt-4\",\"meta/llama-3\",\"odd/pods\"]");
        assertThat(pod.path("labels").path("tier").asText()).isEqualTo("gold");
    }

    @Test
    void shouldSayWhatDoesNotExist() throws Exception {
        assertThat(get(404, "/v1/models/none").path("error").toString()).isEqualTo("{\"message\":"
                + "\"model none does not exist\",\"type\":\"invalid_request_error\",\"code\":\"model_not_found\","
                + "\"param\":\"model\"}");
        assertThat(get(404, "/v1/models/none/pods").path("error").path("code").asText()).isEqualTo("model_not_found");
        assertThat(get(404, "/v1/pods/standalone/none").path("error").path("code").asText())
                .isEqualTo("pod_not_found");
        assertThat(get(404, "/v1/pods/a/b/c").path("error").path("code").asText()).isEqualTo("not_found");
        assertThat(send("GET", "/v1/modelz", "").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldFollowTheFleet() throws Exception {
        Files.writeString(config, FLEET.replace("odd/pods", "new"));

        while (send("GET", "/v1/models/new", "").statusCode() != 200) {
            Thread.onSpinWait();
        }
        get(404, "/v1/models/odd%2Fpods");
    }

    // ---- users

    @Test
    void shouldKeepUsersAsAibrixDoes() throws Exception {
        String ann = "{\"name\":\"ann\",\"rpm\":60,\"tpm\":10000}";
        assertThat(json(404, send("POST", "/ReadUser", ann)).toString())
                .isEqualTo("{\"detail\":\"user does not exist\"}");
        assertThat(json(404, send("POST", "/UpdateUser", ann)).toString())
                .isEqualTo("{\"detail\":\"User: ann does not exist\"}");
        assertThat(json(404, send("POST", "/DeleteUser", ann)).path("detail").asText())
                .isEqualTo("User: ann does not exist");
        assertThat(json(200, send("POST", "/CreateUser", ann)).toString())
                .isEqualTo("{\"message\":\"Created User: ann\",\"user\":" + ann + "}");
        assertThat(json(200, send("POST", "/CreateUser", ann)).path("message").asText()).isEqualTo("User: ann exists");
        assertThat(json(200, send("POST", "/ReadUser", "{\"name\":\"ann\"}")).toString())
                .isEqualTo("{\"message\":\"User: ann\",\"user\":" + ann + "}");
        assertThat(json(200, send("POST", "/UpdateUser", "{\"name\":\"ann\",\"rpm\":1}")).path("message").asText())
                .isEqualTo("Updated User: ann");
        assertThat(folder.resolve("users.json")).content().contains("\"rpm\" : 1");

        // It outlives the process.
        metadata.close();
        metadata = builder().startMetadata();
        assertThat(json(200, send("POST", "/ReadUser", ann)).path("user").toString())
                .isEqualTo("{\"name\":\"ann\",\"rpm\":1,\"tpm\":0}");
        assertThat(json(200, send("POST", "/DeleteUser", ann)).path("message").asText())
                .isEqualTo("Deleted User: ann");
        json(404, send("POST", "/ReadUser", ann));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "[]", "{\"name\":1}", "{\"rpm\":1}", "{\"name\":\"a\",\"rpm\":-1}",
        "{\"name\":\"a\",\"tpm\":\"x\"}", "{\"name\":\"a\""})
    void shouldRefuseWhatIsNoUser(String body) throws Exception {
        assertThat(json(422, send("POST", "/CreateUser", body)).path("detail").asText()).isNotEmpty();
        assertThat(folder.resolve("users.json")).doesNotExist();
    }

    @Test
    void shouldSayThatUsersCannotBeRead() throws Exception {
        Files.writeString(folder.resolve("users.json"), "broken");

        assertThat(json(503, send("POST", "/ReadUser", "{\"name\":\"a\"}")).path("detail").asText())
                .isEqualTo("users cannot be read or written now");
    }

    @Test
    void shouldRefuseABodyThatIsTooLarge() throws Exception {
        String body = "{\"name\":\"" + "a".repeat(70_000) + "\"}";

        assertThat(send("POST", "/CreateUser", body).statusCode()).isEqualTo(413);
    }

    @Test
    void shouldRefuseOtherMethods() throws Exception {
        HttpResponse<String> get = send("GET", "/CreateUser", "");
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("allow")).hasValue("POST");
        HttpResponse<String> post = send("POST", "/v1/models", "{}");
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("allow")).hasValue("GET, HEAD");
        assertThat(send("HEAD", "/v1/models", "").statusCode()).isEqualTo(200);
    }

    // ---- the process

    @Test
    void shouldTellOfItselfAndStartNothingOfABalancer() throws Exception {
        assertThat(send("GET", "/healthz", "").body()).isEqualTo("ok\n");
        assertThat(send("GET", "/readyz", "").body()).isEqualTo("ready\n");
        assertThat(send("GET", "/metrics", "").body()).contains("penstock_snapshot_version 1");
        assertThat(get(200, "/admin/config").path("settings").path("metadata.port").path("value").asText())
                .isEqualTo("0");

        Set<String> threads = Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("lb-")).map(name -> name.replaceAll("-\\d+(-\\d+)?$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(threads).containsExactly("lb-admin", "lb-cache", "lb-discovery");
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> builder().setting("metadata.port", Integer.toString(metadata.port()), "test")
                .startMetadata()).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("cannot listen on ").hasMessageContaining("metadata.port");
        assertThatThrownBy(() -> Penstock.builder().startMetadata()).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("no models");
        Files.writeString(folder.resolve("users.json"), "broken");
        assertThatThrownBy(() -> builder().startMetadata()).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("users.file: ").hasMessageContaining("users.json:1: ");
    }
}
