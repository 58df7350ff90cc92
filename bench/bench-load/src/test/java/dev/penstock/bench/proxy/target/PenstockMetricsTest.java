package dev.penstock.bench.proxy.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PenstockMetricsTest {
    @Test
    void shouldTellTheShareServedInline() {
        PenstockMetrics before = PenstockMetrics.parse(metrics(100, 50));
        PenstockMetrics after = PenstockMetrics.parse(metrics(1_000, 150));

        assertThat(after.inlineShareSince(before)).isEqualTo(0.9);
        assertThat(after.allocatedBytes()).isEqualTo(4.5e9);
    }

    @Test
    void shouldSumShards() {
        PenstockMetrics metrics = PenstockMetrics.parse("""
                penstock_router_served_total{shard="0",thread="loop"} 3
                penstock_router_served_total{shard="1",thread="loop"} 4 1700000000
                penstock_router_served_total_other{thread="loop"} 9
                """);

        assertThat(metrics.servedByLoop()).isEqualTo(7);
        assertThat(metrics.servedByThread()).isNaN();
    }

    @Test
    void shouldKnowNothingFromNothing() {
        PenstockMetrics none = PenstockMetrics.parse("");

        assertThat(none.inlineShareSince(none)).isNaN();
        assertThat(none.allocatedBytes()).isNaN();
    }

    private static String metrics(int loop, int thread) {
        return """
                # HELP penstock_router_served_total Requests.
                # TYPE penstock_router_served_total counter
                penstock_router_served_total{thread="loop"} %d
                penstock_router_served_total{thread="router"} %d
                penstock_jvm_allocated_bytes_total 4.5e9
                """.formatted(loop, thread);
    }
}
