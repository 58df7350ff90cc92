package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.spi.RouterEnvironment;
import org.junit.jupiter.api.Test;

class RouterLevelsTest {

    private final RouterLevels levels = new RouterLevels(Metrics.NONE);

    @Test
    void shouldAddUpWhatAllShardsHaveToldLast() {
        RouterEnvironment.Level first = levels.of("mine", "sessions", 0);
        RouterEnvironment.Level second = levels.of("mine", "sessions", 1);
        levels.of("other", "sessions", 0).set(100);
        first.set(7);
        first.set(3);
        second.set(4);
        assertThat(levels.value("mine", "sessions")).isEqualTo(7);
    }

    @Test
    void shouldNotCountWhatEarlierInstancesHaveTold() {
        RouterEnvironment.Level before = levels.of("mine", "sessions", 0);
        levels.of("mine", "sessions", 1).set(1);
        before.set(5);
        levels.forget(0);
        assertThat(levels.value("mine", "sessions")).isOne();
        RouterEnvironment.Level now = levels.of("mine", "sessions", 0);
        before.set(9);
        now.set(2);
        assertThat(levels.value("mine", "sessions")).isEqualTo(3);
    }

    @Test
    void shouldTakeNoMoreThanSoManyNames() {
        for (int i = 0; i < 100; i++) {
            levels.of("mine", "level_" + i, 0).set(1);
        }
        assertThat(levels.value("mine", "level_31")).isOne();
        assertThat(levels.value("mine", "level_32")).isZero();
    }
}
