package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.LiveSettings;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BodyPaceTest {
    private static LiveSettings settings(long pauseMillis, long rate, long graceMillis) {
        TestProxy.TestSettings settings = new TestProxy.TestSettings();
        settings.bodyMillis = pauseMillis;
        settings.bodyRate = rate;
        settings.bodyRateGraceMillis = graceMillis;
        return settings.build();
    }

    private static long timeoutMillis(long elapsedMillis, long received, LiveSettings settings) {
        return TimeUnit.NANOSECONDS.toMillis(
                BodyPace.timeoutNanos(TimeUnit.MILLISECONDS.toNanos(elapsedMillis), received, settings));
    }

    @Test
    void shouldGiveABodyItsGraceAndAsMuchTimeAsItHasPaidFor() {
        LiveSettings settings = settings(30_000, 240, 5_000);
        assertThat(timeoutMillis(0, 0, settings)).isEqualTo(5_000);
        assertThat(timeoutMillis(4_000, 240, settings)).isEqualTo(2_000);
        assertThat(timeoutMillis(4_000, 120, settings)).isEqualTo(1_500);
        assertThat(timeoutMillis(10_000, 24_000, settings)).as("a pause is bounded all the same").isEqualTo(30_000);
    }

    @Test
    void shouldEndATricklingBodyThoughItNeverPauses() {
        LiveSettings settings = settings(30_000, 240, 5_000);
        // A byte each second is never a long pause, and too slow from the sixth second on.
        assertThat(BodyPace.timeoutNanos(TimeUnit.SECONDS.toNanos(5), 5, settings)).isGreaterThan(1);
        assertThat(BodyPace.timeoutNanos(TimeUnit.SECONDS.toNanos(6), 6, settings)).isEqualTo(1);
    }

    @Test
    void shouldNotOverflowWithLargeBodies() {
        assertThat(timeoutMillis(0, Long.MAX_VALUE, settings(30_000, 1, 5_000))).isEqualTo(30_000);
        assertThat(timeoutMillis(0, Integer.MAX_VALUE, settings(0, 1, 0)))
                .isEqualTo(TimeUnit.SECONDS.toMillis(Integer.MAX_VALUE));
    }

    @Test
    void shouldWaitForEverWithoutBounds() {
        assertThat(BodyPace.timeoutNanos(1, 0, settings(0, 0, 5_000))).isZero();
        assertThat(timeoutMillis(1, 0, settings(700, 0, 5_000))).isEqualTo(700);
    }
}
