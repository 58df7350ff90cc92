package dev.penstock.bench.proxy.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.proxy.process.Workspace;
import java.io.IOException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PacedLoadTest {
    @Test
    void shouldMakeAsManyRequestsAsTheClockSays() throws IOException {
        try (TinyEngine engine = new TinyEngine(0, 200)) {
            LoadResult result = new PacedLoad(new LoadOrder(LoadCase.LATENCY, engine.port(), 4, 0.5, 400)).run();

            assertThat(result.requests()).isEqualTo(200);
            assertThat(result.errors()).isZero();
            assertThat(result.perSecond()).isCloseTo(400, Offset.offset(1e-9));
        }
    }

    /** One connection at a stream of 315 ms takes three a second: those due meanwhile are late by the whole wait. */
    @Test
    void shouldCountTheTimeThatARequestWaitsForAConnection() throws IOException {
        try (TinyEngine engine = new TinyEngine(0, 200)) {
            LoadResult result = new PacedLoad(new LoadOrder(LoadCase.SSE, engine.port(), 1, 0.1, 30)).run();

            assertThat(result.requests()).isEqualTo(3);
            assertThat(result.p99Millis()).isGreaterThanOrEqualTo(3 * 63 * LoadCase.CHUNK_GAP_MILLIS - 67);
        }
    }

    @Test
    void shouldCountOtherStatusesAndRefusedConnectionsAsErrors() throws IOException {
        try (TinyEngine engine = new TinyEngine(0, 503)) {
            assertThat(new PacedLoad(new LoadOrder(LoadCase.LATENCY, engine.port(), 2, 0.1, 100)).run().errors())
                    .isEqualTo(10);
        }
        int nobody = Workspace.freePorts(1).getFirst();

        LoadResult refused = new PacedLoad(new LoadOrder(LoadCase.LATENCY, nobody, 2, 0.1, 100)).run();

        assertThat(refused.requests()).isZero();
        assertThat(refused.errors()).isEqualTo(10);
    }
}
