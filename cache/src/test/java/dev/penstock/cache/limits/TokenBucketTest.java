package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bucket that fills evenly. */
class TokenBucketTest {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** A clock may begin anywhere, and run over. */
    private static final long START = Long.MAX_VALUE - MINUTE / 2;

    private final TokenBucket bucket = new TokenBucket(MINUTE, START);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 60, 100, 999, 7_000, 100_000})
    void shouldGiveAllThatIsInItAndNoMore(long limit) {
        for (long i = 0; i < limit; i++) {
            assertThat(bucket.take(1, limit, START)).as("take %s", i).isPositive();
        }
        assertThat(bucket.take(1, limit, START)).isNegative();
    }

    @Test
    void shouldFillEvenlyAndTellWhenThereIsRoom() {
        assertThat(bucket.take(60, 60, START)).isEqualTo(MINUTE);
        assertThat(bucket.take(1, 60, START)).isEqualTo(-SECOND);
        assertThat(bucket.take(10, 60, START + SECOND)).isEqualTo(-9 * SECOND);
        assertThat(bucket.take(1, 60, START + SECOND)).isEqualTo(MINUTE);
        assertThat(bucket.untilFull(START + 31 * SECOND)).isEqualTo(30 * SECOND);
        assertThat(bucket.left(60, 30 * SECOND)).isEqualTo(30);
    }

    @Test
    void shouldNeverHoldMoreThanItsLimit() {
        long later = START + 10 * MINUTE;
        assertThat(bucket.take(61, 60, later)).isNegative();
        assertThat(bucket.take(60, 60, later)).isEqualTo(MINUTE);
        assertThat(bucket.take(1, 60, later)).isNegative();
    }

    @Test
    void shouldTakeBackWhatIsGivenBackAndNoMoreThanFits() {
        bucket.take(40, 60, START);
        bucket.change(-10, 60, START);
        assertThat(bucket.untilFull(START)).isEqualTo(30 * SECOND);
        bucket.change(-100, 60, START);
        assertThat(bucket.untilFull(START)).isZero();
        assertThat(bucket.take(61, 60, START)).isNegative();
    }

    @Test
    void shouldOweWhatWasUsedBeyondIt() {
        bucket.take(60, 60, START);
        bucket.change(30, 60, START);
        assertThat(bucket.take(1, 60, START)).isEqualTo(-31 * SECOND);
        assertThat(bucket.take(1, 60, START + 31 * SECOND)).isPositive();
    }
}
