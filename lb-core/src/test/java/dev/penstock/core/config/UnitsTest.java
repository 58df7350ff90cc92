package dev.penstock.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({"off, 0", "OFF, 0", "0, 0", "0s, 0", "1ns, 1", "3us, 3000", "250ms, 250000000", "1.5s, 1500000000",
        "' 5 s ', 5000000000", "2m, 120000000000", "1h, 3600000000000", "1d, 86400000000000",
        "87600h, 315360000000000000"})
    void shouldReadTimes(String text, long nanos) {
        assertThat(Durations.nanos(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-1s", "s", "1w", "1,5s", "1s2ms", "0.1ns", "87601h", "999999999999h", "soon"})
    void shouldRefuseOtherTimes(String text) {
        assertThatThrownBy(() -> Durations.nanos(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected");
    }

    @Test
    void shouldReadBackTheTimesThatItWrites() {
        Random random = new Random(17);
        for (int i = 0; i < 10_000; i++) {
            long unit = new long[] {1, 1_000, 1_000_000, 1_000_000_000}[random.nextInt(4)];
            long nanos = random.nextInt(1_000_000) * unit;
            assertThat(Durations.nanos(Durations.text(nanos))).isEqualTo(nanos);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "10b, 10", "64KiB, 65536", "64 mib, 67108864", "1GiB, 1073741824"})
    void shouldReadSizes(String text, long bytes) {
        assertThat(Sizes.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1KB", "1.5MiB", "KiB", "999999999999999GiB", "9999999999999999"})
    void shouldRefuseOtherSizes(String text) {
        assertThatThrownBy(() -> Sizes.bytes(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldReadBackTheSizesThatItWrites() {
        Random random = new Random(19);
        for (int i = 0; i < 10_000; i++) {
            long bytes = random.nextLong(1L << (1 + random.nextInt(45)));
            assertThat(Sizes.bytes(Sizes.text(bytes))).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "' False ', false"})
    void shouldReadFlags(String text, boolean value) {
        assertThat(Setting.flag("x", false, false, "").read().apply(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "1", "tru"})
    void shouldRefuseOtherFlags(String text) {
        assertThatThrownBy(() -> Setting.flag("x", false, false, "").read().apply(text))
                .hasMessage("expected: true or false");
    }

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "a, a, 0", "'', abc, 3", "abc, '', 3"})
    void shouldCountTheLettersThatDiffer(String one, String other, int distance) {
        assertThat(EditDistance.between(one, other)).isEqualTo(distance);
    }
}
