package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.Routed;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A prompt counts as cached from when it is sent on, but not for ever where nobody says that it was prefilled. */
class ExpectedPromptsTest {

    private static final String STRATEGY = "prefix-cache";

    private static String at(KvFleet fleet) {
        return fleet.choice(STRATEGY, KvFleet.prompt(1, 60));
    }

    /** Another pod would be chosen, if not for the blocks, because p1 has more in flight. */
    private static KvFleet fleet(Map<String, String> settings) {
        return KvFleet.of(2, settings).capacity(1_000).inFlight(2, 0);
    }

    @Test
    void shouldGoWhereThePromptWasSentBeforeItsFirstByte() {
        try (KvFleet fleet = fleet(Map.of())) {
            fleet.sent(1, KvFleet.prompt(1, 50));
            assertThat(at(fleet)).isEqualTo("p1");
        }
    }

    @Test
    void shouldForgetThePromptThatHasNoFirstByteForLong() {
        try (KvFleet fleet = fleet(Map.of("prefix-match.unconfirmed", "30s"))) {
            fleet.sent(1, KvFleet.prompt(1, 50));
            fleet.shard().advance(Duration.ofSeconds(29));
            assertThat(at(fleet)).isEqualTo("p1");
            fleet.shard().advance(Duration.ofSeconds(32));
            assertThat(at(fleet)).isEqualTo("p2");
        }
    }

    @Test
    void shouldKnowThePromptAgainWhenItsFirstByteComesAfterAll() {
        try (KvFleet fleet = fleet(Map.of("prefix-match.unconfirmed", "30s"))) {
            Routed slow = fleet.sent(1, KvFleet.prompt(1, 50));
            fleet.shard().advance(Duration.ofSeconds(40));
            assertThat(at(fleet)).isEqualTo("p2");
            slow.firstByte();
            fleet.shard().advance(Duration.ofSeconds(100));
            assertThat(at(fleet)).isEqualTo("p1");
        }
    }

    @Test
    void shouldTellHowManyBlocksThereAreAndWhatTheyTake() {
        try (KvFleet fleet = fleet(Map.of())) {
            fleet.sent(1, KvFleet.prompt(1, 50));
            assertThat(fleet.shard().level("prefix-match", "index_blocks")).isEqualTo(50);
            assertThat(fleet.shard().level("prefix-match", "index_bytes")).isPositive();
        }
    }

    @Test
    void shouldForgetThePromptThatFailsAtOnce() {
        try (KvFleet fleet = fleet(Map.of())) {
            fleet.sent(1, KvFleet.prompt(1, 50)).ended(Usage.UNKNOWN);
            fleet.shard().serve();
            assertThat(at(fleet)).isEqualTo("p2");
        }
    }

    @Test
    void shouldKeepThePromptThatWasAnswered() {
        try (KvFleet fleet = fleet(Map.of("prefix-match.unconfirmed", "30s"))) {
            fleet.cached(1, 1, 50);
            fleet.shard().advance(Duration.ofSeconds(100));
            assertThat(at(fleet)).isEqualTo("p1");
        }
        try (KvFleet fleet = fleet(Map.of("prefix-match.unconfirmed", "30s"))) {
            fleet.sent(1, KvFleet.prompt(1, 50).streaming()).ended(new Usage(1_600, 1));
            fleet.shard().advance(Duration.ofSeconds(100));
            assertThat(at(fleet)).as("usage, though nobody has seen a first byte").isEqualTo("p1");
        }
    }

    @Test
    void shouldForgetWhatAReplicaHasSentUnlessItIsSentAgain() {
        try (KvFleet fleet = fleet(Map.of("prefix-match.unconfirmed", "30s"))) {
            fleet.cached(2, 777_777, 1);
            KvEvent.Expected sent = new KvEvent.Expected(fleet.pod(1), LongStream.rangeClosed(1, 50).toArray(), 0);
            fleet.shard().kvEvent(sent);
            fleet.shard().advance(Duration.ofSeconds(29));
            assertThat(at(fleet)).isEqualTo("p1");
            fleet.shard().kvEvent(sent);
            fleet.shard().advance(Duration.ofSeconds(29));
            assertThat(at(fleet)).isEqualTo("p1");
            fleet.shard().advance(Duration.ofSeconds(40));
            assertThat(at(fleet)).isEqualTo("p2");
        }
    }

    @Test
    void shouldKeepForAsLongAsOthersWhereNothingIsToBeForgotten() {
        try (KvFleet fleet = fleet(Map.of("prefix-match.unconfirmed", "0s"))) {
            fleet.sent(1, KvFleet.prompt(1, 50));
            fleet.shard().advance(Duration.ofHours(1));
            assertThat(at(fleet)).isEqualTo("p1");
        }
    }
}
