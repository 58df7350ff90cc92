package dev.penstock.bench.proxy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.bench.proxy.process.BenchException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class WrkSummaryTest {
    private static final String HUMAN = """
            Running 2s test @ http://127.0.0.1:19001/v1/chat/completions
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     1.34ms    2.85ms  64.59ms   93.35%
              Latency Distribution
                 50%  369.00us
                 99%   12.12ms
            Requests/sec:  70000.00
            """;

    @Test
    void shouldReadRateLatencyAndErrors() {
        String output = HUMAN + "bench-summary requests=140000 micros=2000000 connect=1 read=2 write=3 status=4"
                + " timeout=5 p50=369 p99=12120 mean=512.250\n";

        LoadResult result = WrkSummary.parse(output, order(LoadCase.JSON_1K));

        assertThat(result).isEqualTo(new LoadResult(140_000, 15, 70_000, 0.369, 12.12));
    }

    @Test
    void shouldTakeTheRateOfStreamsFromTheirMeanTime() {
        String output = "bench-summary requests=400 micros=3000000 connect=0 read=0 write=0 status=0"
                + " timeout=0 p50=320000 p99=330000 mean=320000.000\n";

        LoadResult result = WrkSummary.parse(output, order(LoadCase.SSE));

        assertThat(result.perSecond()).isCloseTo(200, Offset.offset(1e-6));
        assertThat(result.errors()).isZero();
    }

    @Test
    void shouldReadARunWithoutAnswers() {
        String output = "bench-summary requests=0 micros=1000000 connect=64 read=0 write=0 status=0"
                + " timeout=0 p50=0 p99=0 mean=0.000\n";

        assertThat(WrkSummary.parse(output, order(LoadCase.JSON_1K))).isEqualTo(new LoadResult(0, 64, 0, 0, 0));
        assertThat(WrkSummary.parse(output, order(LoadCase.SSE))).isEqualTo(new LoadResult(0, 64, 0, 0, 0));
    }

    @Test
    void shouldShowWhatWrkSaidInPlaceOfASummary() {
        assertThatThrownBy(() -> WrkSummary.parse("unable to connect to 127.0.0.1:1", order(LoadCase.JSON_1K)))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("unable to connect");
        assertThatThrownBy(() -> WrkSummary.parse("bench-summary requests=1\n", order(LoadCase.JSON_1K)))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("lacks");
    }

    @Test
    void shouldTellWrkToPaceStreamsOnly() {
        assertThat(WrkScript.of(order(LoadCase.JSON_1K), 2))
                .contains("wrk.body = [==[" + LoadCase.JSON_1K.body() + "]==]")
                .doesNotContain("function delay");
        assertThat(WrkScript.of(order(LoadCase.SSE), 1.5))
                .contains("now + 1.5 end", "if started < 64 then", "return started * 320 / 64")
                .doesNotContain("{connections}", "{spread}", "{seconds}", "{body}");
    }

    private static LoadOrder order(LoadCase load) {
        return new LoadOrder(load, 1, 64, 2);
    }
}
