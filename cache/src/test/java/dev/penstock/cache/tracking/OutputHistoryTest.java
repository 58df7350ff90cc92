package dev.penstock.cache.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputHistoryTest {

    private static final long SECOND = 1_000_000_000L;

    private final SplittableRandom random = new SplittableRandom(7);
    private final OutputHistory history = new OutputHistory(60 * SECOND, 0);

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "1, 0", "2, 1", "3, 2", "4, 2", "5, 2", "6, 3", "7, 3", "8, 3", "11, 3", "12, 4",
            "1024, 10", "1448, 10", "1449, 11", "1048575, 20", "1048576, 20", "9223372036854775807, 20"})
    void shouldPutTokensIntoTheNearestBucket(long tokens, int bucket) {
        assertThat(OutputHistory.bucket(tokens)).isEqualTo(bucket);
    }

    @Test
    void shouldRoundAsLogarithmsDo() {
        for (long tokens = 1; tokens < 1 << 20; tokens++) {
            int expected = (int) Math.min(20, Math.round(Math.log((double) tokens) / Math.log(2)));
            assertThat(OutputHistory.bucket(tokens)).as("%d", tokens).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"60, 7", "65, 8", "240, 25"})
    void shouldHaveRoomForOneIntervalMoreThanTheWindow(long seconds, int intervals) {
        assertThat(new OutputHistory(seconds * SECOND, 0).intervals()).isEqualTo(intervals);
    }

    @Test
    void shouldPredictWhatWasSeen() {
        assertThat(history.predict(2, 0, random)).isEqualTo(1);
        history.add(2, 3, 0);
        assertThat(history.predict(2, 0, random)).isEqualTo(4);
        assertThat(history.predict(8, 0, random)).as("prompts of another length").isEqualTo(1);
    }

    @Test
    void shouldDrawEachLengthAsOftenAsItWas() {
        for (int i = 0; i < 30; i++) {
            history.add(100, i % 3 == 0 ? 1_000 : 10, i * SECOND);
        }
        TreeMap<Long, Integer> drawn = new TreeMap<>();
        for (int i = 0; i < 30_000; i++) {
            drawn.merge(history.predict(100, 30 * SECOND, random), 1, Integer::sum);
        }
        assertThat(drawn.keySet()).containsExactly(8L, 1024L);
        assertThat(drawn.get(1024L)).isBetween(9_500, 10_500);
    }

    @Test
    void shouldDrawTheSameBySeed() {
        for (int i = 0; i < 20; i++) {
            history.add(100, 1L << i, 0);
        }
        SplittableRandom one = new SplittableRandom(3);
        SplittableRandom other = new SplittableRandom(3);
        for (int i = 0; i < 100; i++) {
            assertThat(history.predict(100, 0, one)).isEqualTo(history.predict(100, 0, other));
        }
    }

    @Test
    void shouldForgetWhatIsOlderThanTheWindow() {
        history.add(100, 2, 0);
        history.add(100, 64, 35 * SECOND);
        assertThat(seen(59 * SECOND)).containsExactly(2L, 64L);
        assertThat(seen(60 * SECOND)).containsExactly(64L);
        assertThat(seen(89 * SECOND)).containsExactly(64L);
        assertThat(seen(90 * SECOND)).containsExactly(1L);
    }

    @Test
    void shouldReuseThePlacesOfOldIntervals() {
        for (int second = 0; second < 1_000; second++) {
            history.add(100, 1L << (second / 10 % 20), second * SECOND);
        }
        // The last six intervals, 94 to 99.
        assertThat(seen(999 * SECOND)).containsExactly(1L << 14, 1L << 15, 1L << 16, 1L << 17, 1L << 18, 1L << 19);
    }

    @Test
    void shouldIgnoreWhatComesARingTooLate() {
        history.add(100, 64, 75 * SECOND);
        history.add(100, 2, 5 * SECOND);
        assertThat(seen(75 * SECOND)).containsExactly(64L);
    }

    @Test
    void shouldSeeWhatIsNewOnceTheReaderIsThere() {
        history.add(100, 64, 50 * SECOND);
        assertThat(seen(49 * SECOND)).as("a clock that was read a moment ago").containsExactly(1L);
        assertThat(seen(50 * SECOND)).containsExactly(64L);
    }

    @Test
    void shouldOutliveAWrappingClock() {
        OutputHistory wrapping = new OutputHistory(60 * SECOND, Long.MAX_VALUE - 5 * SECOND);
        wrapping.add(100, 64, Long.MAX_VALUE - SECOND);
        assertThat(wrapping.predict(100, Long.MIN_VALUE + 10 * SECOND, random)).isEqualTo(64);
        assertThat(wrapping.predict(100, Long.MIN_VALUE + 100 * SECOND, random)).isEqualTo(1);
    }

    private Iterable<Long> seen(long nowNanos) {
        TreeMap<Long, Integer> drawn = new TreeMap<>();
        for (int i = 0; i < 2_000; i++) {
            drawn.merge(history.predict(100, nowNanos, random), 1, Integer::sum);
        }
        return drawn.keySet();
    }
}
