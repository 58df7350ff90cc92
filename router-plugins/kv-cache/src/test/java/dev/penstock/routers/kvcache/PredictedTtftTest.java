package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictedTtftTest {

    private static final String STRATEGY = "predicted-ttft";
    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    @Test
    void shouldGoWhereThePromptIsCached() {
        try (KvFleet fleet = KvFleet.of(4).capacity(1_000)) {
            fleet.cached(3, 1, 50);
            for (int i = 0; i < 5; i++) {
                assertThat(fleet.choice(STRATEGY, KvFleet.prompt(1, 60))).isEqualTo("p3");
            }
        }
    }

    @Test
    void shouldLeaveAPodWhoseQueueCostsMoreThanTheMiss() {
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            fleet.cached(1, 1, 50);
            // 400 blocks wait at p1, 50 would be computed again at p2, at a price of at most 3.
            fleet.sent(1, KvFleet.prompt(1_000, 400));
            assertThat(fleet.choice(STRATEGY, KvFleet.prompt(1, 50))).isEqualTo("p2");
        }
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            fleet.cached(1, 1, 400);
            fleet.sent(1, KvFleet.prompt(1_000, 50));
            assertThat(fleet.choice(STRATEGY, KvFleet.prompt(1, 400))).isEqualTo("p1");
        }
    }

    @Test
    void shouldGiveCreditForWhatAPodMustHaveDone() {
        // p1 has 1,000 blocks to prefill, which take 4 s, and p2 600. Nothing is learned yet: 8,000 tokens a second.
        for (boolean credit : new boolean[] {true, false}) {
            try (KvFleet fleet = KvFleet.of(2, Map.of("predicted-ttft.progress-credit", Boolean.toString(credit)))
                    .capacity(10_000)) {
                fleet.sent(1, KvFleet.prompt(1_000, 1_000));
                fleet.shard().advance(Duration.ofMillis(3_500));
                fleet.sent(2, KvFleet.prompt(5_000, 600));
                assertThat(fleet.choice(STRATEGY, KvFleet.prompt(9_000, 10))).isEqualTo(credit ? "p1" : "p2");
            }
        }
    }

    @Test
    void shouldNotGiveMoreCreditThanForTheHead() {
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            fleet.sent(1, KvFleet.prompt(1_000, 10));
            fleet.sent(1, KvFleet.prompt(2_000, 100));
            fleet.shard().advance(Duration.ofSeconds(60));
            fleet.sent(2, KvFleet.prompt(5_000, 50));
            assertThat(fleet.choice(STRATEGY, KvFleet.prompt(9_000, 10))).as("100 blocks against 50").isEqualTo("p2");
        }
    }

    /** A choice leaves out what cannot be the best; scores are of all pods. Views are full, of blocks of all ages. */
    @Test
    void shouldChooseThePodOfTheBestScore() {
        for (long seed = SEED; seed < SEED + 60; seed++) {
            try (KvFleet one = used(seed); KvFleet other = used(seed)) {
                SplittableRandom random = new SplittableRandom(~seed);
                // Some is new in any case: where two pods had all of it, both would be the best.
                FakeRequest prompt = seed % 2 == 0 ? KvFleet.prompt(500_001, random.nextInt(1, 250))
                        : KvFleet.prompt(1 + 1_000L * random.nextInt(100), random.nextInt(200, 250));
                assertThat(one.choice(STRATEGY, prompt)).as("seed %d", seed)
                        .isEqualTo(other.choice(STRATEGY + ":1000000,prefix-match:1", prompt));
            }
        }
    }

    private static KvFleet used(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        KvFleet fleet = KvFleet.of(6).capacity(300);
        for (int i = 0; i < 120; i++) {
            // First all views get full; then mostly short ones, so that the oldest says little of what comes after it.
            int blocks = i < 12 ? 150 : random.nextInt(4) == 0 ? random.nextInt(100, 200) : random.nextInt(1, 4);
            fleet.cached(1 + i % 6, 1 + 1_000L * (i < 12 ? 100 + i : random.nextInt(100)), blocks);
            fleet.shard().advance(Duration.ofMillis(random.nextInt(20, 20_000)));
        }
        return fleet;
    }

    @Test
    void shouldTakeNoWaitingWhereTheFirstByteHasCome() {
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            Routed running = fleet.sent(1, KvFleet.prompt(1_000, 500));
            running.firstByte();
            fleet.sent(2, KvFleet.prompt(5_000, 20));
            assertThat(fleet.choice(STRATEGY, KvFleet.prompt(9_000, 10))).isEqualTo("p1");
            running.ended();
        }
    }

    /** Without a stream the first byte comes after the whole answer: time says that the prompt is prefilled. */
    @Test
    void shouldNotWaitForTheFirstByteOfWhatIsNoStream() {
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            fleet.sent(1, FakeRequest.plain().withBodyBytes(32_000));
            fleet.shard().advance(Duration.ofSeconds(2));
            fleet.sent(2, KvFleet.prompt(5_000, 20));
            assertThat(fleet.choice(STRATEGY, KvFleet.prompt(9_000, 10))).isEqualTo("p1");
        }
    }

    @Test
    void shouldEvictTheOldRatherThanTheNew() {
        try (KvFleet fleet = KvFleet.of(2).capacity(100)) {
            fleet.cached(1, 1_000, 100);
            fleet.shard().advance(Duration.ofSeconds(100));
            fleet.cached(2, 2_000, 100);
            for (int i = 0; i < 10; i++) {
                FakeRequest cold = KvFleet.prompt(10_000L + 1_000L * i, 5);
                assertThat(fleet.choice(STRATEGY, cold)).isEqualTo("p1");
            }
        }
    }

    @Test
    void shouldLearnThatAPodIsSlow() {
        try (KvFleet fleet = KvFleet.of(2).capacity(100_000)) {
            for (int i = 0; i < 100; i++) {
                prefilled(fleet, 1, 10_000L + 1_000L * i, Duration.ofSeconds(1));
                prefilled(fleet, 2, 500_000L + 1_000L * i, Duration.ofMillis(250));
            }
            fleet.sent(1, KvFleet.prompt(900_000, 100));
            fleet.sent(2, KvFleet.prompt(910_000, 200));
            assertThat(fleet.choice(STRATEGY, KvFleet.prompt(950_000, 50))).as("twice the work at four times the speed")
                    .isEqualTo("p2");
        }
    }

    private static void prefilled(KvFleet fleet, int pod, long first, Duration time) {
        Routed routed = fleet.sent(pod, KvFleet.prompt(first, 100));
        fleet.shard().clock().advance(time);
        routed.firstByte();
        routed.ended();
        fleet.shard().serve();
    }

    @Test
    void shouldForgetAPodThatLeaves() {
        try (KvFleet fleet = KvFleet.of(3).capacity(1_000)) {
            fleet.cached(1, 1, 100);
            Routed running = fleet.sent(1, KvFleet.prompt(5_000, 100));
            fleet.shard().fleet().replace("p1");
            fleet.shard().serve();
            running.firstByte();
            running.ended();
            fleet.shard().serve();
            int[] counts = new int[4];
            for (int i = 0; i < 60; i++) {
                // Ended without a first byte, and each of another prompt: nothing draws but the pod's old blocks.
                Routed routed = fleet.shard().route(STRATEGY, KvFleet.prompt(1, 100).withModel("m"));
                counts[Integer.parseInt(String.valueOf(routed.pod()).substring(1))]++;
                routed.ended();
                fleet.shard().serve();
                fleet.shard().fleet().replace(String.valueOf(routed.pod()));
                fleet.shard().serve();
            }
            assertThat(counts[1]).isBetween(5, 40);
            assertThat(counts[2] + counts[3]).isGreaterThan(10);
        }
    }

    /** A prompt now and then, all with one system prompt, in a fleet that idles: each pod gets its share. */
    @ParameterizedTest
    @CsvSource({"10, 20, 120", "100, 10, 30", "1, 24, 25"})
    void shouldNotCollapseOntoOnePodWhenIdle(int system, int least, int most) {
        int pods = 8;
        long[] prefilled = new long[pods + 1];
        try (KvFleet fleet = KvFleet.of(pods).capacity(2_000)) {
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 0; i < 6_000; i++) {
                int own = random.nextInt(least, most);
                Routed routed = fleet.shard().route(STRATEGY, prompt(system, 1_000_000L + 1_000L * i, own));
                prefilled[Integer.parseInt(String.valueOf(routed.pod()).substring(1))] += own;
                fleet.shard().clock().advance(Duration.ofMillis(own * 4L));
                routed.firstByte();
                fleet.shard().serve();
                fleet.shard().clock().advance(Duration.ofSeconds(5));
                routed.ended();
                fleet.shard().serve();
            }
        }
        double mean = Arrays.stream(prefilled).sum() / (double) pods;
        assertThat(Arrays.stream(prefilled).max().orElseThrow() / mean).isLessThanOrEqualTo(1.10);
    }

    /** A conversation goes on where it is, however often: only what many different prompts go on from is for all. */
    @Test
    void shouldKeepALongConversationWhereItIs() {
        try (KvFleet fleet = KvFleet.of(4).capacity(2_000)) {
            String at = fleet.answered(STRATEGY, KvFleet.prompt(1, 50));
            for (int turn = 1; turn < 200; turn++) {
                fleet.shard().advance(Duration.ofSeconds(5));
                assertThat(fleet.answered(STRATEGY, KvFleet.prompt(1, 50 + 2 * turn))).isEqualTo(at);
            }
        }
    }

    private static FakeRequest prompt(int system, long first, int own) {
        long[] hashes = new long[system + own];
        Arrays.setAll(hashes, block -> block < system ? block + 1 : first + block);
        return KvFleet.prompt(1, system + own).withPrefixHashes(hashes);
    }

    @Test
    void shouldRankForExpressions() {
        try (KvFleet fleet = KvFleet.of(3).capacity(1_000)) {
            fleet.cached(2, 1, 50);
            assertThat(fleet.choice("predicted-ttft:3,prefix-match:1", KvFleet.prompt(1, 60))).isEqualTo("p2");
        }
    }
}
