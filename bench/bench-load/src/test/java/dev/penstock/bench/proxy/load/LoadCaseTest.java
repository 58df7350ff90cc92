package dev.penstock.bench.proxy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.bench.proxy.process.BenchException;
import org.junit.jupiter.api.Test;

final class LoadCaseTest {
    @Test
    void shouldMakeBodiesOfTheSizeThatTheNameSays() {
        assertThat(LoadCase.JSON_1K.body()).hasSize(1_024).startsWith("{\"model\":\"bench\",").endsWith("\"}]}");
        assertThat(LoadCase.JSON_16K.body()).hasSize(16_384).doesNotContain("\"stream\"");
        assertThat(LoadCase.SSE.body()).hasSize(1_024).contains("\"stream\":true", "\"max_tokens\":64");
        assertThat(LoadCase.PROMPT_240K.body()).hasSize(245_760).contains("\"stream\":true");
    }

    @Test
    void shouldKnowCasesById() {
        assertThat(LoadCase.of("sse")).isEqualTo(LoadCase.SSE);
        assertThatThrownBy(() -> LoadCase.of("json-2k"))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("json-16k");
    }

    @Test
    void shouldCarryOrdersAndResultsOverAPipe() {
        LoadOrder order = new LoadOrder(LoadCase.JSON_16K, 9001, 512, 1.25, 200.5);
        LoadResult result = new LoadResult(1_000, 2, 333.25, 1.5, 9.75);

        assertThat(LoadOrder.parse(order.line())).isEqualTo(order);
        assertThat(LoadResult.parse(result.line())).isEqualTo(result);
    }
}
