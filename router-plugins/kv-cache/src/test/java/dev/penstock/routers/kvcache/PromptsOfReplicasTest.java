package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.KvEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What replicas have sent counts as what was sent from here, but for its end. */
class PromptsOfReplicasTest {

    private static final String STRATEGY = "predicted-ttft";

    private static void sentElsewhere(KvFleet fleet, int pod, long first, int blocks, long tokens) {
        // prefix-match hears of them once it is there.
        fleet.cached(2, 777_777, 1).sentElsewhere(pod, first, blocks, tokens);
    }

    @Test
    void shouldGoWhereAReplicaHasSentThePrompt() {
        for (String strategy : new String[] {STRATEGY, "prefix-cache", "kv-cost", "cache-aware"}) {
            try (KvFleet fleet = KvFleet.of(4).capacity(1_000)) {
                sentElsewhere(fleet, 3, 1, 50, 0);
                assertThat(fleet.choice(strategy, KvFleet.prompt(1, 60))).as(strategy).isEqualTo("p3");
            }
        }
    }

    @Test
    void shouldCountWhatAReplicaHasSentAsWaitingUntilItMustBePrefilled() {
        for (String strategy : new String[] {STRATEGY, "kv-cost"}) {
            try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
                fleet.cached(1, 1, 50);
                // 400 blocks of 32 tokens: 1.6 s of prefill, at 8,000 tokens a second.
                sentElsewhere(fleet, 1, 1_000, 400, 400 * KvFleet.BLOCK_TOKENS);
                assertThat(fleet.choice(strategy, KvFleet.prompt(1, 50))).as(strategy).isEqualTo("p2");
            }
            try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
                fleet.cached(1, 1, 50);
                sentElsewhere(fleet, 1, 1_000, 400, 400 * KvFleet.BLOCK_TOKENS);
                fleet.shard().advance(Duration.ofSeconds(2));
                assertThat(fleet.choice(strategy, KvFleet.prompt(1, 50))).as(strategy + ", later").isEqualTo("p1");
            }
        }
    }

    @Test
    void shouldEvictAsThePodDoesWhateverReplicasSend() {
        try (KvFleet fleet = KvFleet.of(2).capacity(100)) {
            fleet.cached(1, 1, 50).cached(2, 1, 1);
            assertThat(fleet.choice("prefix-cache", KvFleet.prompt(1, 40))).isEqualTo("p1");
            sentElsewhere(fleet, 1, 1_000, 100, 0);

            assertThat(fleet.choice("prefix-cache", KvFleet.prompt(1_000, 90))).isEqualTo("p1");
            assertThat(fleet.choice("prefix-cache", KvFleet.prompt(1, 40))).as("one block is left").isEqualTo("p2");
        }
    }

    @Test
    void shouldForgetThePodThatLeaves() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            fleet.cached(2, 1, 1);
            sentElsewhere(fleet, 1, 1, 50, 0);
            assertThat(fleet.choice("prefix-cache", KvFleet.prompt(1, 50))).isEqualTo("p1");
            fleet.shard().fleet().replace("p1");
            fleet.shard().serve();

            assertThat(fleet.choice("prefix-cache", KvFleet.prompt(1, 50))).isEqualTo("p2");
        }
    }

    @Test
    void shouldIgnoreALateWordOfThePodThatWasThereBefore() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            KvEvent.Expected late = new KvEvent.Expected(fleet.pod(1), new long[] {900, 901}, 0);
            fleet.shard().fleet().replace("p1");
            fleet.shard().serve();
            fleet.capacity(1, 1_000).cached(1, 1, 50);

            fleet.shard().kvEvent(late);
            fleet.shard().serve();

            assertThat(fleet.choice(STRATEGY, KvFleet.prompt(1, 60))).isEqualTo("p1");
        }
    }
}
