package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whether Redis is asked while it does not answer. */
class RedisPatienceTest {

    private static final long TENTH = TimeUnit.MILLISECONDS.toNanos(100);

    private final RedisPatience patience = new RedisPatience();

    private void tire() {
        for (int i = 0; i < RedisPatience.MOST_LATE; i++) {
            assertThat(patience.asks(0)).isTrue();
            patience.late(0);
        }
    }

    @Test
    void shouldAskOnlyNowAndThenAfterManyLateAnswers() {
        tire();
        assertThat(patience.asks(0)).isFalse();
        assertThat(patience.asks(TENTH)).as("one to see how it is").isTrue();
        assertThat(patience.asks(TENTH)).isFalse();
        patience.late(TENTH);
        assertThat(patience.asks(2 * TENTH)).isTrue();
        assertThat(patience.asks(2 * TENTH)).isFalse();
    }

    @Test
    void shouldAskAgainOnceAnAnswerWasInTime() {
        tire();
        patience.answered();
        tire();
        assertThat(patience.asks(0)).isFalse();
    }
}
