package dev.penstock.bench.proxy.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Workspace;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class NioLoadTest {
    @Test
    void shouldCountAnswersOfEveryConnection() throws IOException {
        try (TinyEngine engine = new TinyEngine(0, 200)) {
            LoadResult result = new NioLoad(new LoadOrder(LoadCase.JSON_16K, engine.port(), 8, 0.2)).run();

            assertThat(result.requests()).isGreaterThanOrEqualTo(8);
            assertThat(result.errors()).isZero();
            assertThat(result.perSecond()).isPositive();
            assertThat(result.p99Millis()).isGreaterThanOrEqualTo(result.p50Millis());
        }
    }

    @Test
    void shouldLetStreamsEnd() throws IOException {
        try (TinyEngine engine = new TinyEngine(0, 200)) {
            LoadResult result = new NioLoad(new LoadOrder(LoadCase.SSE, engine.port(), 4, 0.5)).run();

            assertThat(result.requests()).isGreaterThanOrEqualTo(4);
            assertThat(result.errors()).isZero();
            assertThat(result.p50Millis()).isGreaterThanOrEqualTo(63 * LoadCase.CHUNK_GAP_MILLIS);
        }
    }

    @Test
    void shouldCountOtherStatusesAsErrors() throws IOException {
        try (TinyEngine engine = new TinyEngine(0, 503)) {
            LoadResult result = new NioLoad(new LoadOrder(LoadCase.JSON_1K, engine.port(), 2, 0.1)).run();

            assertThat(result.requests()).isZero();
            assertThat(result.errors()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void shouldCountRefusedConnectionsAsErrors() throws IOException {
        int nobody = Workspace.freePorts(1).getFirst();

        LoadResult result = new NioLoad(new LoadOrder(LoadCase.JSON_1K, nobody, 2, 0.1)).run();

        assertThat(result.requests()).isZero();
        assertThat(result.errors()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void shouldMakeLoadFromAProcessOfItsOwn() throws IOException {
        try (TinyEngine engine = new TinyEngine(0, 200);
                Workspace workspace = Workspace.open()) {
            LoadGenerator load = NioProcessLoad.start(CpuLayout.detect(), workspace);

            assertThat(load.run(new LoadOrder(LoadCase.JSON_1K, engine.port(), 4, 0.1)).requests()).isPositive();
            assertThat(load.run(new LoadOrder(LoadCase.JSON_1K, engine.port(), 4, 0.1)).errors()).isZero();
        }
    }
}
