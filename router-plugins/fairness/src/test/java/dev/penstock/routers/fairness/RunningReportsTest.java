package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.TestShard;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningReportsTest {

    private static final long LIFE = RunningReports.LIFE_NANOS;

    /** The origin of time is arbitrary. */
    @ParameterizedTest
    @ValueSource(longs = {0, 12_345, Long.MIN_VALUE / 2, Long.MAX_VALUE - 10})
    void shouldReadAPodAnewTenTimesASecond(long begin) {
        TestShard shard = FairFleet.of(2);
        RunningReports reports = new RunningReports(shard.load());
        PodView pod = shard.pod("p2");
        assertThat(reports.of(pod, begin)).isNaN();
        shard.load().gauge(pod, Gauge.RUNNING, 5);
        assertThat(reports.of(pod, begin + LIFE - 1)).isNaN();
        assertThat(reports.of(pod, begin + LIFE)).isEqualTo(5);
        shard.load().gauge(pod, Gauge.RUNNING, 6);
        assertThat(reports.of(pod, begin + 2 * LIFE - 1)).isEqualTo(5);
        assertThat(reports.of(pod, begin + 2 * LIFE)).isEqualTo(6);
        assertThat(reports.of(shard.pod("p1"), begin + 2 * LIFE)).as("another pod").isNaN();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 12_345, Long.MIN_VALUE / 2, Long.MAX_VALUE - 10})
    void shouldForgetWhatItReadOfAnEarlierFleet(long begin) {
        TestShard shard = FairFleet.of(1);
        RunningReports reports = new RunningReports(shard.load());
        PodView pod = shard.pod("p1");
        shard.load().gauge(pod, Gauge.RUNNING, 5);
        assertThat(reports.of(pod, begin)).isEqualTo(5);
        shard.load().gauge(pod, Gauge.RUNNING, 6);
        reports.forget(begin + 1);
        assertThat(reports.of(pod, begin + 1)).isEqualTo(6);
    }
}
