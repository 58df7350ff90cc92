package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {
    @Test
    void shouldReadEveryFault() {
        assertThat(Stream.of("refuse=20", "die", "hang", "hang-after-head", "reset", "reset-after=7", "reset-mid-body",
                "close-mid-body", "trickle=2", "length-long", "length-short", "bad-head", "slow-head=3", "delay=4",
                "status=429:5", "status=503", "stream-error").map(Fault::parse))
                .containsExactly(new Fault.Refuse(Duration.ofMillis(20)), new Fault.Die(Duration.ofSeconds(1)),
                        new Fault.Hang(), new Fault.HangAfterHead(), new Fault.Reset(), new Fault.ResetAfter(7),
                        new Fault.ResetMidBody(), new Fault.CloseMidBody(), new Fault.Trickle(Duration.ofMillis(2)),
                        new Fault.LengthTooLong(), new Fault.LengthTooShort(), new Fault.BadHead(),
                        new Fault.SlowHead(Duration.ofMillis(3)), new Fault.Delay(Duration.ofMillis(4)),
                        new Fault.Status(429, 5), new Fault.Status(503, -1), new Fault.StreamError());
    }

    @Test
    void shouldMeetEachFaultAsOftenAsPlannedAndAgainWithTheSameSeed() {
        FaultPlan plan = FaultPlan.parse("10% reset, 20% status=503");
        SplittableRandom random = new SplittableRandom(7);
        SplittableRandom again = new SplittableRandom(7);
        int resets = 0;
        int statuses = 0;
        for (int i = 0; i < 10_000; i++) {
            Fault fault = plan.draw(random);
            assertThat(plan.draw(again)).isEqualTo(fault);
            resets += fault instanceof Fault.Reset ? 1 : 0;
            statuses += fault instanceof Fault.Status ? 1 : 0;
        }
        assertThat(resets).isBetween(900, 1_100);
        assertThat(statuses).isBetween(1_850, 2_150);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "banana", "reset-after=x", "status=200", "x% hang", "60% hang, 60% reset",
            "-1% hang", "status"})
    void shouldSayWhatWasExpected(String text) {
        assertThatThrownBy(() -> FaultPlan.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
