package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients say about how soon they want their answers. */
class WishesTest {

    @ParameterizedTest
    @CsvSource({"system, 2", "interactive, 1", "default, 0", "bulk, -1", "0, 0", "7, 7", "-3, -3", "100, 100",
        "-100, -100",
        "101, 0", "1000, 0", "-1000, 0", "-, 0", "--1, 0", "1.5, 0", "urgent, 0", "'', 0", "99999999999999999999, 0"})
    void shouldReadPriorities(String text, int priority) {
        assertThat(Wishes.of(text, null, null)).isEqualTo(new Wishes(priority, -1, -1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1000000", "250, 250000000", "999999999, 999999999000000", "1000000000, -1", "0, -1", "-5, -1",
        "soon, -1", "2.5, -1", "'', -1"})
    void shouldReadTimes(String text, long nanos) {
        assertThat(Wishes.of(null, text, null)).isEqualTo(new Wishes(0, nanos, -1));
        assertThat(Wishes.of(null, null, text)).isEqualTo(new Wishes(0, -1, nanos));
    }

    @Test
    void shouldMakeNothingOfRequestsThatSayNothing() {
        assertThat(Wishes.of(null, null, null)).isSameAs(Wishes.NONE);
    }
}
