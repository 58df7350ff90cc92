package dev.penstock.cache.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.snapshot.PodSpec;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AibrixShareTest {

    private static final List<PodSpec> PODS = HandDrivenReplica.pods(3);
    private static final ReplicaSettings SETTINGS = new ReplicaSettings(true, Duration.ofMillis(100).toNanos(),
            Duration.ofSeconds(1).toNanos(), false, true);

    private final RedisServer server = RedisServer.start();
    private final HandDrivenReplica a = new HandDrivenReplica("a", server, PODS, SETTINGS);
    private final HandDrivenReplica b = new HandDrivenReplica("b", server, PODS, SETTINGS);

    @AfterEach
    void close() {
        a.close();
        b.close();
        server.close();
    }

    /** As AIBrix's gateways write it. */
    private static Map<String, String> snapshot(String uid, String running) {
        return Map.of("gateway_instance_id", "gw-1", "pod_uid", uid, "pod_name", "pod-1", "namespace", "ns",
                "node_name", "node", "requests_running", running, "seq", "12", "update_time", "12:00:00.123");
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            a.sync();
            b.sync();
        }
    }

    @Test
    void shouldCountWhatGatewaysOfAibrixHaveInFlight() throws Exception {
        answer(commands -> commands.hset("aibrix:pod:gw-1:ns:pod-1", snapshot("uid-1", "7")));
        answer(commands -> commands.hset("aibrix:pod:gw-2:ns:pod-1", snapshot("uid-1", "2")));
        rounds(3);
        assertThat(a.inFlightOfOthers("pod-1")).isEqualTo(9);
        assertThat(a.inFlightOfOthers("pod-2")).isZero();

        answer(commands -> commands.hset("aibrix:pod:gw-1:ns:pod-1", "requests_running", "1"));
        answer(commands -> commands.del("aibrix:pod:gw-2:ns:pod-1"));
        rounds(2);
        assertThat(a.inFlightOfOthers("pod-1")).isEqualTo(1);
    }

    @Test
    void shouldTellGatewaysOfAibrixWhatItHasInFlight() throws Exception {
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        List<String> keys = List.of();
        Map<String, String> found = Map.of();
        // It lives for half a second, which a busy machine may be away.
        while (found.isEmpty()) {
            a.sync();
            keys = answer(commands -> commands.keys("aibrix:pod:*"));
            String first = keys.isEmpty() ? "none" : keys.getFirst();
            found = answer(commands -> commands.hgetall(first));
        }
        assertThat(keys).singleElement().asString().matches("aibrix:pod:penstock-a-[0-9a-f]{8}:ns:pod-1");
        String key = keys.getFirst();
        Map<String, String> told = found;
        assertThat(told).containsEntry("pod_uid", "uid-1").containsEntry("pod_name", "pod-1")
                .containsEntry("namespace", "ns").containsEntry("requests_running", "2").containsEntry("seq", "0")
                .containsKey("node_name");
        assertThat(key).isEqualTo("aibrix:pod:" + told.get("gateway_instance_id") + ":ns:pod-1");
        assertThat(told.get("update_time")).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d");
        Long left = answer(commands -> commands.pttl(key));
        assertThat(left).isLessThanOrEqualTo(500);

        a.cache.figures().addInFlight(a.pod("pod-1"), -2);
        a.sync();
        String running = answer(commands -> commands.hget(key, "requests_running"));
        assertThat(running).isIn("0", null);
    }

    @Test
    void shouldCountWhatItsOwnReplicasHaveOnlyOnce() {
        b.cache.figures().addInFlight(b.pod("pod-1"), 1);
        rounds(13);

        assertThat(a.inFlightOfOthers("pod-1")).isEqualTo(1);
    }

    @Test
    void shouldPassOverPodsOfAnotherUidAndGarbage() throws Exception {
        answer(commands -> commands.hset("aibrix:pod:gw-1:ns:pod-1", snapshot("of another life", "7")));
        answer(commands -> commands.hset("aibrix:pod:gw-1:ns:pod-0", snapshot("uid-0", "many")));
        answer(commands -> commands.hset("aibrix:pod:gw-1:ns:pod-2", snapshot("uid-2", "-1")));
        answer(commands -> commands.hset("aibrix:pod:x", snapshot("uid-1", "1")));
        answer(commands -> commands.set("aibrix:pod:gw-1:ns:pod-9", "of another type"));
        answer(commands -> commands.hset("aibrix:pod:gw-3:ns:pod-2", snapshot("uid-2", "3")));
        rounds(3);

        assertThat(a.inFlightOfOthers("pod-0")).isZero();
        assertThat(a.inFlightOfOthers("pod-1")).isZero();
        assertThat(a.inFlightOfOthers("pod-2")).isEqualTo(3);
        assertThat(a.counters.value("penstock_redis_failures", "use", "in-flight", "kind", "content")).isPositive();
        assertThat(a.counters.value("penstock_redis_failures", "use", "in-flight", "kind", "wrongtype")).isPositive();
    }

    @Test
    void shouldHoldOnToWhatItKnowsUntilThatExpires() throws Exception {
        answer(commands -> commands.hset("aibrix:pod:gw-1:ns:pod-1", snapshot("uid-1", "7")));
        rounds(3);
        server.kill();
        a.sync();
        assertThat(a.inFlightOfOthers("pod-1")).isEqualTo(7);

        a.clock.advance(Duration.ofSeconds(1));
        a.sync();
        assertThat(a.inFlightOfOthers("pod-1")).isZero();
    }

    private <T> T answer(Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command)
            throws Exception {
        return a.redis.call("test", command).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
