package dev.penstock.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.spi.Gauge;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeHealth;
import dev.penstock.testkit.FakeLoad;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SnapshotPageTest {

    private final FakeFleet fleet = new FakeFleet().add("a", "b");
    private final FakeLoad load = new FakeLoad();
    private final SnapshotPage page = new SnapshotPage(new SnapshotPage.Witnesses(EngineParts.snapshots(fleet),
            EngineParts.figures(load), new FakeHealth(), new FixedTimes(),
            endpoint -> endpoint.name().equals("b") ? "timeout: no answer" : null,
            () -> List.of(new SnapshotPage.Source("p.yaml", 1.5, List.of()))));

    private JsonNode get(int status, Map<String, List<String>> query) throws IOException {
        AdminPage.Reply reply = page.get(query);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.contentType()).isEqualTo("application/json");
        return new ObjectMapper().readTree(reply.body());
    }

    @Test
    void shouldTellAllOfOneModelAndSinceWhen() throws IOException {
        fleet.model("other", "a").ready("b", false);
        load.gauge(fleet.pod("a"), Gauge.WAITING, 4);

        JsonNode json = get(200, Map.of("model", List.of("m")));

        assertThat(json.path("age_seconds").asDouble()).isEqualTo(1);
        assertThat(json.path("models")).hasSize(1);
        JsonNode model = json.path("models").path(0);
        assertThat(model.path("name").asText()).isEqualTo("m");
        assertThat(model.path("since_seconds").asDouble()).isEqualTo(10);
        assertThat(model.path("since_version").asLong()).isEqualTo(3);
        assertThat(model.path("changed_seconds").asDouble()).isEqualTo(5);
        assertThat(model.path("changed_version").asLong()).isEqualTo(7);
        assertThat(model.path("endpoints_total").asInt()).isEqualTo(2);
        assertThat(model.path("endpoints_ready").asInt()).isEqualTo(1);
        JsonNode first = model.path("endpoints").path(0);
        assertThat(first.path("pod").asText()).isEqualTo("default/a");
        assertThat(first.path("since_seconds").asDouble()).isEqualTo(30);
        assertThat(first.path("ready_seconds").asDouble()).isEqualTo(20);
        JsonNode waiting = first.path("gauges").path(Gauge.WAITING.metric());
        assertThat(waiting.path("value").asDouble()).isEqualTo(4);
        assertThat(waiting.path("age_seconds").isNumber()).isTrue();
        assertThat(first.path("gauges")).as("what is not known is not there").hasSize(1);
        assertThat(first.has("no_metrics")).isFalse();
        assertThat(model.path("endpoints").path(1).path("no_metrics").asText()).isEqualTo("timeout: no answer");
        assertThat(model.path("endpoints").path(1).path("not_ready_seconds").asDouble()).isEqualTo(20);
    }

    @Test
    void shouldTellAllOfOnePod() throws IOException {
        fleet.model("other", "a");

        JsonNode json = get(200, Map.of("pod", List.of("default/a")));

        assertThat(json.path("models")).extracting(JsonNode::asText).containsExactly("m", "other");
        assertThat(json.path("endpoints")).hasSize(1);
        assertThat(json.path("endpoints").path(0).path("address").asText()).isEqualTo("10.0.0.1:8000");
    }

    @Test
    void shouldSayWhatDoesNotExist() throws IOException {
        JsonNode model = get(404, Map.of("model", List.of("none"))).path("error");
        assertThat(model.path("message").asText()).isEqualTo("model none does not exist");
        assertThat(model.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(model.path("code").asText()).isEqualTo("model_not_found");
        assertThat(model.path("param").asText()).isEqualTo("model");

        assertThat(get(404, Map.of("pod", List.of("a"))).path("error").path("code").asText())
                .isEqualTo("pod_not_found");
    }

    @Test
    void shouldStaySmallWhereTheFleetIsLarge() throws IOException {
        String[] pods = IntStream.range(0, SnapshotPage.MOST_ENDPOINTS - 2).mapToObj(i -> "p" + i)
                .toArray(String[]::new);
        fleet.add(pods).model("z", pods[0]);

        JsonNode json = get(200, Map.of());

        assertThat(json.path("models").path(0).path("endpoints")).hasSize(SnapshotPage.MOST_ENDPOINTS);
        JsonNode last = json.path("models").path(1);
        assertThat(last.path("name").asText()).isEqualTo("z");
        assertThat(last.path("endpoints_total").asInt()).isEqualTo(1);
        assertThat(last.has("endpoints")).isFalse();
        assertThat(json.path("models_without_their_endpoints").asInt()).isEqualTo(1);
        assertThat(json.path("hint").asText()).contains("?model=NAME");
        assertThat(get(200, Map.of("model", List.of("z"))).path("models").path(0).path("endpoints")).hasSize(1);
    }
}
