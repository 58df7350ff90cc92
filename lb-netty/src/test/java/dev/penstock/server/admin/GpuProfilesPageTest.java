package dev.penstock.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Axis;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Table;
import dev.penstock.spi.GpuProfile.Targets;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GpuProfilesPageTest {

    @Test
    void shouldShowWhichProfilesHold() throws IOException {
        GpuProfile profile = new GpuProfile("m", "a100", 1.5, 7, Axis.of(4, 8), Axis.of(128),
                Map.of(Measure.E2E, Table.of(new double[][] {{1}, {2}})), new Targets(99, 0, 0, 5, 0, 0, 0));
        AdminPage page = GpuProfilesPage.of(() -> List.of(new GpuProfilesPage.Loaded("p.yaml", profile)),
                () -> List.of("p.yaml:3:1: broken"));

        JsonNode json = new ObjectMapper().readTree(page.get(Map.of()).body());

        assertThat(json.path("errors").path(0).asText()).isEqualTo("p.yaml:3:1: broken");
        assertThat(json.path("profiles")).singleElement().satisfies(shown -> {
            assertThat(shown.path("model").asText()).isEqualTo("m");
            assertThat(shown.path("group").asText()).isEqualTo("a100");
            assertThat(shown.path("source").asText()).isEqualTo("p.yaml");
            assertThat(shown.path("created").asDouble()).isEqualTo(7);
            assertThat(shown.path("output_tokens")).extracting(JsonNode::asInt).containsExactly(4, 8);
            assertThat(shown.path("prompt_tokens")).extracting(JsonNode::asInt).containsExactly(128);
            assertThat(shown.path("measured")).extracting(JsonNode::asText).containsExactly("e2e");
            assertThat(shown.path("tells_load").isBoolean()).isTrue();
            assertThat(shown.path("tells_load").asBoolean()).isFalse();
            assertThat(shown.path("slos").path("e2e").asDouble()).isEqualTo(5);
        });
    }
}
