package dev.penstock.cache.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisCluster;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.cache.tracking.PinStore;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What replicas share, on three nodes. */
@Timeout(60)
class ReplicasOnAClusterTest {

    private static final List<PodSpec> PODS = HandDrivenReplica.pods(3);
    private static final long TTL_NANOS = Duration.ofHours(1).toNanos();
    private static final long[] HASHES = {1, 2, 3};

    @Test
    void shouldShareLoadPromptsAndPins() throws Exception {
        try (RedisCluster cluster = RedisCluster.start();
                HandDrivenReplica a = replica("a", cluster);
                HandDrivenReplica b = replica("b", cluster)) {
            List<KvEvent.Expected> heard = new ArrayList<>();
            b.agent.onPromptElsewhere((shard, prompt) -> heard.add(prompt));
            HandDrivenReplica.meet(a, b, a, b);
            a.cache.figures().addInFlight(a.pod("pod-1"), 1);
            a.agent.sentPrompts().sent(a.pod("pod-1"), HASHES, 100);
            HandDrivenReplica.meet(a, b);

            assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);
            assertThat(heard).singleElement().satisfies(prompt -> {
                assertThat(prompt.endpoint()).isSameAs(b.pod("pod-1"));
                assertThat(prompt.prefixHashes()).containsExactly(HASHES);
            });

            SharedPins pinsOfA = pins(a);
            SharedPins pinsOfB = pins(b);
            for (int i = 0; i < 30; i++) {
                pinsOfA.pin("resp_" + i, a.pod("pod-" + i % 3));
            }
            for (int i = 0; i < 30; i++) {
                // Written behind: asked again until it is there, within the test's time.
                @Nullable PodView found;
                do {
                    found = seek(pinsOfB, "resp_" + i);
                } while (found == null);
                assertThat(found).isSameAs(b.pod("pod-" + i % 3));
            }
            assertThat(b.counters.value("penstock_redis_failures", "use", "pins", "kind", "cluster")).isZero();
        }
    }

    private static HandDrivenReplica replica(String name, RedisCluster cluster) {
        return new HandDrivenReplica(name, cluster.url(), PODS, HandDrivenReplica.SETTINGS);
    }

    private static SharedPins pins(HandDrivenReplica replica) {
        return new SharedPins(new PinStore(replica.cache, replica.clock::nanoTime, 100, TTL_NANOS), replica.redis,
                replica.cache, TTL_NANOS);
    }

    private static @Nullable PodView seek(SharedPins pins, String responseId) throws Exception {
        CompletableFuture<Optional<PodView>> answer = new CompletableFuture<>();
        pins.seek(responseId, endpoint -> answer.complete(Optional.ofNullable(endpoint)));
        return answer.get(20, TimeUnit.SECONDS).orElse(null);
    }
}
