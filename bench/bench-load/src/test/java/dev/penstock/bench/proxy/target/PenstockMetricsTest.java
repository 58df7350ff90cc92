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
                penstock_mailbox_served_total{shard="0",by="loop"} 3
                penstock_mailbox_served_total{shard="1",by="loop"} 4 1700000000
                penstock_mailbox_served_total_other{by="loop"} 9
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
                # HELP penstock_mailbox_served_total Requests.
                # TYPE penstock_mailbox_served_total counter
                penstock_mailbox_served_total{by="loop"} %d
                penstock_mailbox_served_total{by="thread"} %d
                penstock_jvm_allocated_bytes_total 4.5e9
                """.formatted(loop, thread);
    }
}
