package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeastTest {

    private static final int DRAWS = 20_000;

    private final Least least = new Least(new SplittableRandom(Long.getLong("penstock.test.seed", 1)));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 17, 40})
    void shouldDrawEachOfTheEqualOnesAsOften(int equals) {
        int[] drawn = new int[2 * equals + 2];
        for (int i = 0; i < DRAWS; i++) {
            least.begin(Double.POSITIVE_INFINITY);
            for (int number = 0; number < drawn.length; number++) {
                least.offer(number, number < 2 ? 7 - number : number % 2 == 0 ? 1.5 : 9);
            }
            drawn[least.draw()]++;
        }
        for (int number = 0; number < drawn.length; number++) {
            boolean best = number >= 2 && number % 2 == 0;
            assertThat(drawn[number]).as("of %s", number).isCloseTo(best ? DRAWS / equals : 0, byChance(equals));
        }
    }

    /** Six times the standard deviation: hit by one seed of a million. */
    private static Offset<Integer> byChance(int equals) {
        return within((int) Math.ceil(6 * Math.sqrt((double) DRAWS / equals * (1 - 1.0 / equals))));
    }

    @Test
    void shouldCountOnlyWhatCostsLessThanTheBound() {
        least.begin(5);
        least.offer(1, 5);
        least.offer(2, Double.NaN);
        assertThat(least.draw()).isEqualTo(-1);
        assertThat(least.cost()).isEqualTo(5);
        least.offer(3, 4);
        least.offer(4, 5);
        assertThat(least.draw()).isEqualTo(3);
        assertThat(least.cost()).isEqualTo(4);
    }

    @Test
    void shouldForgetAllWhenItBeginsAgain() {
        least.begin(5);
        least.offer(1, 1);
        least.begin(5);
        least.offer(2, 3);
        assertThat(least.draw()).isEqualTo(2);
    }
}
