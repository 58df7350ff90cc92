package dev.penstock.cache.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.cache.tracking.PinStore;
import dev.penstock.spi.PodView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedPinsTest {

    private static final List<PodSpec> PODS = HandDrivenReplica.pods(3);
    private static final long TTL_NANOS = Duration.ofHours(1).toNanos();

    private final RedisServer server = RedisServer.start();
    private final HandDrivenReplica a = new HandDrivenReplica("a", server, PODS);
    private final HandDrivenReplica b = new HandDrivenReplica("b", server, PODS.reversed());
    private final SharedPins pinsOfA = pins(a);
    private final SharedPins pinsOfB = pins(b);

    @AfterEach
    void close() {
        a.close();
        b.close();
        server.close();
    }

    private static SharedPins pins(HandDrivenReplica replica) {
        return new SharedPins(new PinStore(replica.cache, replica.clock::nanoTime, 100, TTL_NANOS), replica.redis,
                replica.cache, TTL_NANOS);
    }

    @Test
    void shouldFindWhatAnotherReplicaHasPinnedAndRemember() throws Exception {
        assertThat(a.pod("pod-0").slot()).isNotEqualTo(b.pod("pod-0").slot());
        pinsOfA.pin("resp_1", a.pod("pod-0"));
        answered(a);

        assertThat(pinsOfB.find("resp_1")).isNull();
        assertThat(seek(pinsOfB, "resp_1")).isSameAs(b.pod("pod-0"));
        assertThat(pinsOfB.find("resp_1")).isSameAs(b.pod("pod-0"));
    }

    @Test
    void shouldKeepItForAsLongAsTheStoreDoes() throws Exception {
        pinsOfA.pin("resp_1", a.pod("pod-0"));

        assertThat(a.redis.call("test", commands -> commands.pttl(SharedPins.PREFIX + "resp_1")).toCompletableFuture()
                .get(20, TimeUnit.SECONDS)).isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    void shouldNotKnowWhatNobodyHasPinned() throws Exception {
        assertThat(seek(pinsOfB, "resp_1")).isNull();
        assertThat(seek(pinsOfB, "")).isNull();
        assertThat(seek(pinsOfB, "x".repeat(257))).isNull();
    }

    @Test
    void shouldNotFindAPodThatWasMadeAnew() throws Exception {
        pinsOfA.pin("resp_1", a.pod("pod-0"));
        answered(a);
        b.tell(new CacheCommand.PodUpserted("start", HandDrivenReplica.pod("pod-0", "another")));

        assertThat(seek(pinsOfB, "resp_1")).isNull();
    }

    @Test
    void shouldHaveNoAnswerFromGarbage() throws Exception {
        b.redis.call("test", commands -> commands.set(SharedPins.PREFIX + "resp_1", "garbage"));
        b.redis.call("test", commands -> commands.lpush(SharedPins.PREFIX + "resp_2", "garbage"));

        assertThat(seek(pinsOfB, "resp_1")).isNull();
        assertThat(seek(pinsOfB, "resp_2")).isNull();
        assertThat(b.counters.value("penstock_redis_failures", "use", "pins", "kind", "wrongtype")).isEqualTo(1);
    }

    @Test
    void shouldRememberItsOwnWithoutRedis() throws Exception {
        server.kill();
        pinsOfA.pin("resp_1", a.pod("pod-0"));

        assertThat(pinsOfA.find("resp_1")).isSameAs(a.pod("pod-0"));
        assertThat(seek(pinsOfB, "resp_1")).isNull();
    }

    private static void answered(HandDrivenReplica replica) throws Exception {
        replica.redis.call("test", commands -> commands.ping()).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static @Nullable PodView seek(SharedPins pins, String responseId) throws Exception {
        CompletableFuture<Optional<PodView>> answer = new CompletableFuture<>();
        pins.seek(responseId, endpoint -> answer.complete(Optional.ofNullable(endpoint)));
        return answer.get(20, TimeUnit.SECONDS).orElse(null);
    }
}
