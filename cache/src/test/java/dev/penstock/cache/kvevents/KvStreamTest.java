package dev.penstock.cache.kvevents;

import static dev.penstock.cache.kvevents.Pack.list;
import static dev.penstock.cache.kvevents.Pack.pack;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeFleet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What listeners hear of one publisher, whatever is missed. */
class KvStreamTest {

    private static final PodView POD = new FakeFleet().add("p").pod("p");

    private final List<String> heard = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private boolean full;
    private final KvStream stream = new KvStream(new KvStream.Surroundings() {
        @Override
        public List<PodView> endpoints() {
            return List.of(POD);
        }

        @Override
        public boolean take(KvEvent event) {
            if (!full) {
                heard.add(switch (event) {
                    case KvEvent.Removed removed -> Long.toString(removed.hashes()[0]);
                    default -> event.getClass().getSimpleName();
                });
            }
            return !full;
        }

        @Override
        public void malformed(String reason) {
            said.add(reason);
        }
    }, new EventDecoder(KvEventMetrics.of(Metrics.NONE)), KvEventMetrics.of(Metrics.NONE));

    // A message whose event tells its number.
    private static byte[] message(long number) {
        return pack(list(1.5, list(list("BlockRemoved", list(number)))));
    }

    private void live(long... numbers) {
        for (long number : numbers) {
            stream.live(number, message(number));
        }
    }

    private void replayed(long... numbers) {
        for (long number : numbers) {
            stream.replayed(number, message(number));
        }
    }

    private List<String> heard() {
        List<String> all = List.copyOf(heard);
        heard.clear();
        return all;
    }

    private void begun(long last) {
        for (long number = 0; number <= last; number++) {
            replayed(number);
        }
        stream.replayEnded();
        heard();
    }

    @Test
    void shouldBeginWithAllThatTheEngineHasToldSoFar() {
        assertThat(stream.replayFrom()).isZero();
        live(2, 3);
        replayed(0, 1, 2);
        assertThat(stream.replayFrom()).isZero();
        stream.replayEnded();

        assertThat(heard()).containsExactly("Cleared", "0", "1", "2", "3");
        assertThat(stream.replayFrom()).isEqualTo(KvStream.NONE);
        live(4);
        assertThat(heard()).containsExactly("4");
    }

    @Test
    void shouldBeginWithAnEngineThatHasToldNothing() {
        stream.replayEnded();
        assertThat(heard()).containsExactly("Cleared");
        live(0, 1);
        assertThat(heard()).containsExactly("0", "1");
    }

    @Test
    void shouldSayThatSomethingIsMissingWhereTheEngineDoesNotRepeatItsBeginning() {
        replayed(5, 6);
        stream.replayEnded();
        live(7);

        assertThat(heard()).containsExactly("Resync", "5", "6", "7");
    }

    @Test
    void shouldBeginWithoutAReplay() {
        stream.replayFailed();
        assertThat(heard()).isEmpty();
        live(0, 1);
        assertThat(heard()).containsExactly("Cleared", "0", "1");
    }

    @Test
    void shouldAskOnceMoreWhenTheEngineIsThere() {
        stream.replayFailed();
        live(3);
        assertThat(stream.replayFrom()).isZero();
        stream.replayFailed();
        live(4);

        assertThat(heard()).containsExactly("Resync", "3", "4");
        assertThat(stream.replayFrom()).isEqualTo(KvStream.NONE);
    }

    @Test
    void shouldAskForWhatWasMissedAndTakeItInInOrder() {
        // [BUG] of AIBrix: there, the replay is discarded.
        begun(3);
        live(4, 7, 8);
        assertThat(stream.replayFrom()).isEqualTo(5);
        assertThat(heard()).containsExactly("4");

        replayed(5, 6, 7);
        live(9);
        stream.replayEnded();
        assertThat(heard()).containsExactly("5", "6", "7", "8", "9");
    }

    @Test
    void shouldResyncWhereWhatWasMissedIsNotRepeated() {
        begun(0);
        live(3);
        replayed(2, 3);
        stream.replayEnded();
        assertThat(heard()).as("one is gone").containsExactly("Resync", "2", "3");

        live(6);
        stream.replayEnded();
        assertThat(heard()).as("none is there").containsExactly("Resync", "6");

        live(9, 10);
        stream.replayFailed();
        assertThat(heard()).as("no answer").containsExactly("Resync", "9", "10");
    }

    @Test
    void shouldAskAgainForWhatWasLostOnTheWay() {
        begun(0);
        live(6);
        int first = stream.replays();
        replayed(1, 2, 5);
        stream.replayEnded();

        assertThat(stream.replays()).isGreaterThan(first);
        assertThat(stream.replayFrom()).isEqualTo(3);
        replayed(3, 4, 5);
        stream.replayEnded();
        assertThat(heard()).containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void shouldFindASecondGapBehindTheFirst() {
        begun(0);
        live(2, 4);
        replayed(1);
        stream.replayEnded();

        assertThat(stream.replayFrom()).isEqualTo(3);
        replayed(3);
        stream.replayEnded();
        assertThat(heard()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void shouldBeginAnewWithAnEngineThatHasBegunAnew() {
        begun(5);
        live(0, 1);
        assertThat(heard()).containsExactly("Cleared", "0", "1");

        live(2, 3, 1);
        assertThat(stream.replayFrom()).as("its beginning was missed").isZero();
        replayed(0, 1);
        stream.replayEnded();
        assertThat(heard()).containsExactly("2", "3", "Cleared", "Cleared", "0", "1");
    }

    @Test
    void shouldBeginAnewWhereTheEngineDoesSoInAReplay() {
        begun(5);
        live(8, 9, 1);
        assertThat(stream.replayFrom()).isZero();
        replayed(0);
        stream.replayEnded();

        assertThat(heard()).containsExactly("Cleared", "0", "1");
    }

    @Test
    void shouldFindAfterAReconnectThatTheEngineIsAnotherOne() {
        begun(2);
        stream.reconnected();
        live(9);
        replayed(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        stream.replayEnded();
        assertThat(heard()).startsWith("Cleared", "0").endsWith("8", "9");
    }

    @Test
    void shouldGoOnAfterAReconnectWhereNothingWasMissed() {
        replayed(50);
        stream.replayEnded();
        heard();
        stream.reconnected();
        replayed(40, 50, 51);
        stream.replayEnded();
        assertThat(heard()).containsExactly("51");

        stream.reconnected();
        stream.replayFailed();
        live(52);
        assertThat(heard()).containsExactly("52");
    }

    @Test
    void shouldForgetAnEngineThatComesBackWithNothing() {
        begun(2);
        stream.reconnected();
        stream.replayEnded();
        live(0);
        assertThat(heard()).containsExactly("Cleared", "0");
    }

    @Test
    void shouldResyncForAMessageThatCannotBeRead() {
        begun(0);
        stream.live(1, new byte[] {(byte) 0xC1});
        live(2);

        assertThat(heard()).containsExactly("Resync", "2");
        assertThat(said).hasSize(1);
        assertThat(stream.replayFrom()).isEqualTo(KvStream.NONE);
    }

    @Test
    void shouldGiveUpAReplayThatTooMuchWaitsFor() {
        begun(0);
        for (long number = 2; number <= KvStream.MOST_WAITING + 2; number++) {
            live(number);
        }

        assertThat(heard()).containsExactly("Resync", Long.toString(KvStream.MOST_WAITING + 2));
        assertThat(stream.replayFrom()).isEqualTo(KvStream.NONE);
    }

    @Test
    void shouldTellAgainWhatThereWasNoRoomFor() {
        begun(0);
        full = true;
        live(1);
        assertThat(stream.dropped()).isTrue();
        full = false;

        stream.tellAgain();
        live(2);
        replayed(0, 1, 2);
        stream.replayEnded();
        assertThat(stream.dropped()).isFalse();
        assertThat(heard()).containsExactly("Cleared", "0", "1", "2");

        stream.tellAgain();
        replayed(1, 2);
        stream.replayEnded();
        assertThat(heard()).as("its beginning is gone").containsExactly("Resync", "1", "2");
    }
}
