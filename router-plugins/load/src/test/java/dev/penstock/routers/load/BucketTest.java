package dev.penstock.routers.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketTest {

    private static final String STRATEGY = "bucket";

    @ParameterizedTest
    @CsvSource({"0, p1", "1000, p1", "1025, p2", "2047, p2", "2049, p3", "4095, p4", "4096, p4", "100000, p4"})
    void shouldBeginWithEvenRangesOfLengths(int tokens, String pod) {
        assertThat(LoadFleet.taken(LoadFleet.of(4), STRATEGY, prompt(tokens))).containsExactly(pod);
    }

    @Test
    void shouldDivideLengthsSoThatEachPodPrefillsAsMuch() {
        TestShard shard = LoadFleet.of(4);
        Random random = new Random(Long.getLong("penstock.test.seed", 1));
        long[] prefilled = new long[4];
        for (int i = 0; i < 8_000; i++) {
            // Many short ones, few long ones: all within the first of the ranges that it begins with.
            int tokens = (int) Math.exp(random.nextDouble() * 6.8);
            String pod = LoadFleet.pod(shard, STRATEGY, prompt(tokens));
            shard.clock().advance(Duration.ofMillis(10));
            if (i >= 2_000) {
                prefilled[pod.charAt(1) - '1'] += tokens;
            }
        }
        double mean = (prefilled[0] + prefilled[1] + prefilled[2] + prefilled[3]) / 4.0;
        assertThat(prefilled).satisfies(all -> {
            for (long tokens : all) {
                assertThat((double) tokens).isBetween(0.85 * mean, 1.15 * mean);
            }
        });
        assertThat(LoadFleet.taken(shard, STRATEGY, prompt(2))).as("short").containsExactly("p1");
        assertThat(LoadFleet.taken(shard, STRATEGY, prompt(890))).as("long").containsExactly("p4");
    }

    @Test
    void shouldSpreadPromptsThatAreAllOfOneLength() {
        TestShard shard = LoadFleet.of(4);
        assertThat(shard.route(STRATEGY, prompt(500).wantingNotes()).headers())
                .containsEntry("x-penstock-routing", "bucket=even_ranges");
        shard.clock().advance(Duration.ofSeconds(5));
        LoadFleet.pod(shard, STRATEGY, prompt(500));
        assertThat(LoadFleet.taken(shard, STRATEGY, prompt(500))).containsExactly("p1", "p2", "p3", "p4");
        assertThat(shard.route(STRATEGY, prompt(500).wantingNotes()).headers()).isEmpty();
        assertThat(shard.counter(STRATEGY, "substituted_even_ranges")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"33, 0, p2", "32, 0, p1", "1000, 967, p2", "1000, 968, p1"})
    void shouldTakeTheLeastBusyPodWhereTheyDifferTooMuch(int first, int second, String pod) {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.inFlight(shard, first, second);
        assertThat(LoadFleet.pod(shard, STRATEGY, prompt(1))).isEqualTo(pod);
        assertThat(shard.counter(STRATEGY, "balanced")).isEqualTo(pod.equals("p2") ? 1 : 0);
    }

    @Test
    void shouldRankPodsByHowFarTheirLengthsAreAway() {
        TestShard shard = LoadFleet.of(4);
        LoadFleet.inFlight(shard, 3, 9, 0, 0);
        // By length p1, then p2, then p3; p2 is too busy.
        assertThat(LoadFleet.taken(shard, "bucket:10,least-request:1", prompt(1_000))).containsExactly("p1");
        assertThat(LoadFleet.taken(shard, "bucket:1,least-request:1", prompt(2_049))).containsExactly("p3");
    }

    @Test
    void shouldKeepEachLengthInOneClassThatIsAnEighthWide() {
        int before = -1;
        for (long tokens = 0; tokens < 100_000; tokens++) {
            int of = LengthShares.classOf(tokens);
            assertThat(of).isBetween(before, before + 1);
            before = of;
        }
        assertThat(LengthShares.classOf(1_024)).isEqualTo(LengthShares.classOf(1_151))
                .isLessThan(LengthShares.classOf(1_152));
        assertThat(LengthShares.classOf(Long.MAX_VALUE)).isEqualTo(LengthShares.classOf((1L << 30) - 1));
    }

    private static FakeRequest prompt(int tokens) {
        return FakeRequest.plain().withTokens(new int[tokens]).withBodyBytes(tokens * 4L);
    }
}
