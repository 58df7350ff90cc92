package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenIndexTest {

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "1, 0", "2, 10", "3, 16", "5, 23", "7, 28", "10, 33", "16, 40", "19, 42", "20, 42",
        "21, 44", "32, 50", "64, 60", "100, 66", "128, 70", "256, 80", "512, 90", "1000, 100", "1024, 100",
        "2048, 110", "4096, 120", "8192, 130", "100000, 166"})
    void shouldCountInTenthsOfADoubling(long tokens, int index) {
        assertThat(TokenIndex.of(tokens)).isEqualTo(index);
    }

    @Test
    void shouldLeaveOutTheBucketsThatAreLostWhenCutOff() {
        Set<Integer> lost = new TreeSet<>();
        IntStream.rangeClosed(0, 400).filter(n -> (int) (n * 0.1 / 0.1) != n).forEach(lost::add);
        assertThat(lost).contains(43, 81, 86, 91, 162, 167, 172, 177, 182, 187, 324, 329, 379);
        for (long tokens = 1; tokens < 5_000_000; tokens += 1 + tokens / 997) {
            assertThat(lost).as("tokens: %s", tokens).doesNotContain(TokenIndex.of(tokens));
        }
    }

    @Test
    void shouldBeExactAtPowersOfTwo() {
        for (int power = 0; power < 62; power++) {
            assertThat(TokenIndex.of(1L << power)).isEqualTo((int) (10 * power * 0.1 / 0.1));
        }
    }
}
