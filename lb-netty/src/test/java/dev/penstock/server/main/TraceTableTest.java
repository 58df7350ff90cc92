package dev.penstock.server.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTableTest {

    @Test
    void shouldShowALineForEachModelAndWindow() throws IOException {
        String table = TraceTable.of("""
                {"windows": [
                  {"end": 1700000010, "time": "2023-11-14T22:13:30Z", "models": {
                    "m": {"66:40": 1, "90:40": 2, "meta_v": 4, "meta_total_reqs": 7, "meta_pending_reqs": 4},
                    "n": {"meta_v": 4, "meta_total_reqs": 1, "meta_pending_reqs": 1}}},
                  {"end": 1700000020, "time": "2023-11-14T22:13:40Z", "models": {
                    "m": {"0:0": 1, "meta_total_reqs": 0, "meta_pending_reqs": 3}}}]}""");
        assertThat(table.lines().map(line -> line.trim().replaceAll("\\s+", " "))).containsExactly(
                "WINDOW ENDED MODEL BEGAN PENDING ENDED PROMPT COMPLETION",
                "2023-11-14T22:13:30Z m 7 4 3 ~512 ~16",
                "2023-11-14T22:13:30Z n 1 1 0 - -",
                "2023-11-14T22:13:40Z m 0 3 1 ~1 ~1");
    }

    @Test
    void shouldSayThatThereAreNoneYet() throws IOException {
        assertThat(TraceTable.of("{\"windows\": []}")).startsWith("no traces yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ready", "[]", "{}", "{\"windows\": [{\"models\": {\"m\": {\"a:b\": 1}}}]}",
        "{\"windows\": [{\"models\": {\"m\": 1}}]}", "{\"windows\": [{\"models\": {\"m\": {\"x\": \"y\"}}}]}"})
    void shouldRefuseWhatIsNoDocumentOfTraces(String document) {
        assertThatThrownBy(() -> TraceTable.of(document)).isInstanceOf(IOException.class);
    }
}
