package dev.penstock.bench.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScrapeBenchIT {

    @Test
    void shouldReadEveryPageThatItAsksFor() throws Exception {
        ScrapeBench.Result result = new ScrapeBench(
                new ScrapeBench.Plan(8, 20_000, 50_000_000L, 300_000_000L, 500_000_000L)).run();

        assertThat(result.pages()).isPositive();
        assertThat(result.refused()).isZero();
        assertThat(result.ratio()).isPositive();
        assertThat(result.ageP50()).isNotNegative().isLessThanOrEqualTo(result.ageP99());
    }
}
