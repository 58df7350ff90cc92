package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    private final Choice choice = new Choice(new SplittableRandom(Long.getLong("penstock.test.seed", 1)));

    @Test
    void shouldDrawNobodyWhereNobodyIsOffered() {
        choice.begin();
        assertThat(choice.draw()).isEqualTo(-1);
        assertThat(choice.least()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void shouldTakeTheLeast() {
        choice.begin();
        choice.offer(3, 2);
        choice.offer(5, 1);
        choice.offer(7, 4);
        assertThat(choice.draw()).isEqualTo(5);
        assertThat(choice.least()).isEqualTo(1);
    }

    @Test
    void shouldTakeOneOfThoseThatCostNoEnd() {
        choice.begin();
        choice.offer(2, Double.POSITIVE_INFINITY);
        assertThat(choice.draw()).isEqualTo(2);
    }

    /** Forty equals, more than there is room for at first, each with the same chance. */
    @Test
    void shouldGiveEqualsTheSameChance() {
        int[] drawn = new int[41];
        for (int round = 0; round < 40_000; round++) {
            choice.begin();
            choice.offer(40, 2);
            for (int i = 0; i < 40; i++) {
                choice.offer(i, 1);
            }
            drawn[choice.draw()]++;
        }
        assertThat(drawn[40]).isZero();
        for (int i = 0; i < 40; i++) {
            // Six standard deviations of a count of 1,000.
            assertThat((double) drawn[i]).isEqualTo(1_000, within(190.0));
        }
    }
}
