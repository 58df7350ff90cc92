package dev.penstock.bench.proxy.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadResult;
import dev.penstock.bench.proxy.process.CpuUse;
import dev.penstock.bench.proxy.target.ProxyKind;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class SummaryTest {
    private static final Sample.Cell CELL = new Sample.Cell(LoadCase.JSON_1K, 64);
    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    @Test
    void shouldCompareRoundByRound() {
        // The second round was disturbed: both proxies cost twice as much. The medians' ratio would be 2.0.
        List<Row> rows = Summary.rows(List.of(
                sample(ProxyKind.NGINX, 0, 10),
                sample(ProxyKind.PENSTOCK, 0, 12),
                sample(ProxyKind.NGINX, 1, 20),
                sample(ProxyKind.PENSTOCK, 1, 24),
                sample(ProxyKind.NGINX, 2, 10),
                sample(ProxyKind.PENSTOCK, 2, 30)));

        assertThat(rows).extracting(Row::proxy).containsExactly(ProxyKind.NGINX, ProxyKind.PENSTOCK);
        Row nginx = rows.getFirst();
        assertThat(nginx.cpuMicros()).isEqualTo(10, EXACT);
        assertThat(nginx.ratioNginx()).isEqualTo(1, EXACT);
        assertThat(nginx.spread()).isEqualTo(1, EXACT);
        Row penstock = rows.getLast();
        assertThat(penstock.cpuMicros()).isEqualTo(24, EXACT);
        assertThat(penstock.ratioNginx()).isEqualTo(1.2, EXACT);
        assertThat(penstock.ratioHaproxy()).isNaN();
        assertThat(penstock.jitMicros()).isEqualTo(1, EXACT);
        assertThat(penstock.inlineShare()).isEqualTo(0.5, EXACT);
        assertThat(penstock.errors()).isEqualTo(3);
    }

    @Test
    void shouldHaveNoCostWithoutAProxy() {
        LoadResult result = new LoadResult(1_000, 0, 500, 1, 2);
        Sample direct = new Sample(CELL, ProxyKind.DIRECT, 0, result, null, Double.NaN, Double.NaN);

        Row row = Summary.rows(List.of(direct, sample(ProxyKind.NGINX, 0, 10))).getFirst();

        assertThat(row.perSecond()).isEqualTo(500);
        assertThat(row.cpuMicros()).isNaN();
        assertThat(row.ratioNginx()).isNaN();
    }

    @Test
    void shouldSayWhatAProxyAddsByTheClock() {
        List<Row> rows = Summary.rows(List.of(
                clocked(ProxyKind.DIRECT, 0, 1, 2, Double.NaN),
                clocked(ProxyKind.NGINX, 0, 2, 4, 0.99),
                clocked(ProxyKind.PENSTOCK, 0, 3, 5, 0.5),
                // A round that was disturbed, for all alike.
                clocked(ProxyKind.DIRECT, 1, 11, 12, Double.NaN),
                clocked(ProxyKind.NGINX, 1, 12, 14, 0.97),
                clocked(ProxyKind.PENSTOCK, 1, 13, 15, 0.7)));

        Row.Clocked penstock = rows.getLast().clocked();
        assertThat(penstock.addedP50Millis()).isEqualTo(2, EXACT);
        assertThat(penstock.addedP99Millis()).isEqualTo(3, EXACT);
        assertThat(penstock.ratioNginxP99()).isEqualTo(1.5, EXACT);
        assertThat(penstock.reuse()).isEqualTo(0.6, EXACT);
        assertThat(rows.getFirst().clocked().addedP99Millis()).isNaN();
        assertThat(JsonReport.line(rows.getLast())).endsWith("\"added_p50_ms\":2.000,\"added_p99_ms\":3.000,"
                + "\"ratio_nginx_added_p99\":1.500,\"connection_reuse\":0.6000}");
        assertThat(TableReport.renderClocked(rows).lines().toList()).hasSize(5).last().asString()
                .contains("latency", "penstock", "1.50", "60.0%");
        assertThat(TableReport.renderClocked(Summary.rows(List.of(sample(ProxyKind.NGINX, 0, 10))))).isEmpty();
    }

    @Test
    void shouldTakeMediansOfNumbersOnly() {
        assertThat(Medians.of(List.of(3.0, Double.NaN, 1.0, 2.0).stream().mapToDouble(Double::doubleValue)))
                .isEqualTo(2);
        assertThat(Medians.of(List.of(4.0, 2.0).stream().mapToDouble(Double::doubleValue))).isEqualTo(3);
        assertThat(Medians.of(List.<Double>of().stream().mapToDouble(Double::doubleValue))).isNaN();
    }

    @Test
    void shouldWriteOneJsonObjectALine() {
        List<Row> rows = Summary.rows(List.of(
                sample(ProxyKind.NGINX, 0, 10),
                sample(ProxyKind.PENSTOCK, 0, 8),
                new Sample(CELL, ProxyKind.DIRECT, 0, new LoadResult(0, 0, 0, 0, 0), null, Double.NaN, Double.NaN)));

        assertThat(JsonReport.line(rows.get(1)))
                .isEqualTo("{\"case\":\"json-1k\",\"connections\":64,\"proxy\":\"penstock\",\"requests_per_s\":500.0,"
                        + "\"p50_ms\":1.000,\"p99_ms\":2.000,\"cpu_us_per_request\":8.00,\"ratio_nginx\":0.800,"
                        + "\"ratio_haproxy\":null,\"jit_us_per_request\":1.00,\"cpu_spread\":0.000,"
                        + "\"inline_share\":0.500,\"errors\":1}");
        assertThat(JsonReport.line(rows.get(2))).contains("\"cpu_us_per_request\":null", "\"ratio_nginx\":null");
    }

    @Test
    void shouldAlignTheTable() {
        List<Row> rows = Summary.rows(List.of(
                sample(ProxyKind.NGINX, 0, 10),
                sample(ProxyKind.PENSTOCK, 0, 8),
                new Sample(
                        new Sample.Cell(LoadCase.SSE, 512),
                        ProxyKind.PENSTOCK,
                        0,
                        new LoadResult(10, 0, 1, 1, 1),
                        new CpuUse(1, 1),
                        Double.NaN,
                        Double.NaN)));

        List<String> lines = TableReport.render(rows).lines().toList();

        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).startsWith("case").contains("cpu us", "x nginx", "inline");
        assertThat(lines.get(2)).contains("json-1k", "penstock", "0.80", "50%");
        assertThat(lines.get(3)).isEmpty();
        assertThat(lines.get(4)).contains("sse", "n/a");
        assertThat(lines.get(1)).hasSameSizeAs(lines.get(0));
    }

    private static Sample sample(ProxyKind proxy, int round, double micros) {
        LoadResult result = new LoadResult(1_000, 1, 500, 1, 2);
        CpuUse cpu = new CpuUse((long) (micros * 1e6), 1_000_000);
        return new Sample(CELL, proxy, round, result, cpu, proxy == ProxyKind.PENSTOCK ? 0.5 : Double.NaN,
                Double.NaN);
    }

    private static Sample clocked(ProxyKind proxy, int round, double p50, double p99, double reuse) {
        Sample.Cell cell = new Sample.Cell(LoadCase.LATENCY, 64);
        return new Sample(cell, proxy, round, new LoadResult(10, 0, 10, p50, p99), null, Double.NaN, reuse);
    }
}
