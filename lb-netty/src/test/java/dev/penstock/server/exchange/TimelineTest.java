package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.exchange.Timeline.Span;
import org.junit.jupiter.api.Test;

/** To whom the time of a request belongs. */
class TimelineTest {
    private final Timeline timeline = new Timeline(1_000);

    @Test
    void shouldCountAsOwnWhatIsNeitherTheClientsNorThePods() {
        timeline.enter(Span.PREPARING, 1_500);
        timeline.enter(Span.ADMISSION, 1_501);
        timeline.enter(Span.PREPARING, 1_601);
        timeline.enter(Span.MAILBOX, 1_603);
        timeline.routed(1_613, 1_633);
        timeline.enter(Span.SENDING, 1_633);
        timeline.enter(Span.CONNECTING, 1_634);
        timeline.enter(Span.SENDING, 2_634);
        timeline.enter(Span.WAITING, 2_638);
        timeline.firstByte(12_638);
        timeline.enter(Span.RELAYING, 12_645);
        timeline.enter(Span.RELAYING, 99_000);

        assertThat(timeline.queueNanos()).isEqualTo(100 + 10);
        assertThat(timeline.routingNanos()).isEqualTo(20);
        assertThat(timeline.connectNanos()).isEqualTo(1_000);
        assertThat(timeline.waitedNanos()).isEqualTo(10_000);
        assertThat(timeline.firstByteNanos()).isEqualTo(11_638);
        assertThat(timeline.ownNanos()).isEqualTo(1 + 2 + 10 + 20 + 1 + 4 + 7);
        assertThat(timeline.totalNanos()).isEqualTo(98_000);
    }

    @Test
    void shouldCountWhatASecondPodCosts() {
        timeline.enter(Span.MAILBOX, 1_000);
        timeline.routed(1_000, 1_010);
        timeline.enter(Span.SENDING, 1_010);
        timeline.enter(Span.WAITING, 1_011);
        timeline.enter(Span.MAILBOX, 5_011);
        timeline.routed(5_012, 5_020);
        timeline.enter(Span.SENDING, 5_020);
        timeline.enter(Span.WAITING, 5_021);
        timeline.firstByte(6_021);

        assertThat(timeline.waitedNanos()).isEqualTo(5_000);
        assertThat(timeline.ownNanos()).isEqualTo(11 + 10);
    }

    @Test
    void shouldNotBelieveATurnThatBeganBeforeTheRequestWasThere() {
        timeline.enter(Span.MAILBOX, 2_000);
        timeline.routed(1_500, 2_100);
        timeline.enter(Span.SENDING, 2_100);

        assertThat(timeline.queueNanos()).isZero();
        assertThat(timeline.routingNanos()).isEqualTo(100);
    }

    @Test
    void shouldTellWhatIsOwnInTheMidstOfASpan() {
        timeline.enter(Span.WAITING, 2_000);
        assertThat(timeline.ownNanos(3_000)).isZero();
        assertThat(timeline.answered()).isFalse();

        timeline.firstByte(3_000);
        assertThat(timeline.ownNanos(3_500)).isEqualTo(500);
        assertThat(timeline.ownNanos()).isZero();
        assertThat(timeline.answered()).isTrue();
    }
}
