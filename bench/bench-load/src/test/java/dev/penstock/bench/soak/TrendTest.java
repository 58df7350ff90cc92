package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TrendTest {
    private final Trend trend = new Trend(1.25, 10);

    @Test
    void shouldNotTellFromFewFigures() {
        for (int i = 0; i < 10; i++) {
            trend.add(1_000L * i);
            assertThat(trend.grows()).isFalse();
        }
    }

    @Test
    void shouldNoticeALeak() {
        for (int i = 0; i < 12; i++) {
            trend.add(1_000L + 200L * i);
        }

        assertThat(trend.grows()).isTrue();
    }

    @Test
    void shouldNotMindPeaks() {
        for (int i = 0; i < 30; i++) {
            trend.add(1_000L + 5_000L * (i % 2));
        }

        assertThat(trend.grows()).isFalse();
    }
}
