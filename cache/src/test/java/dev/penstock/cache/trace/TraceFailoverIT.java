package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisCluster;
import dev.penstock.cache.redis.RedisSentinels;
import dev.penstock.cache.redis.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Traces in a Redis of several servers. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
class TraceFailoverIT {
    private static final long START = 1_700_000_000;

    private final List<TracedReplica> replicas = new ArrayList<>();

    @AfterEach
    void close() {
        replicas.forEach(TracedReplica::close);
    }

    private void start(String url) {
        for (int i = 0; i < 2; i++) {
            replicas.add(new TracedReplica(url, "replica-" + i, START));
        }
        replicas.forEach(replica -> replica.awaitUp(1));
    }

    private void window(List<String> models) {
        for (TracedReplica replica : replicas) {
            for (String model : models) {
                for (int i = 0; i < 5; i++) {
                    replica.began(model);
                    replica.ended(model, 512, 20);
                }
            }
            replica.endWindow();
        }
    }

    private void assertWhole(UnaryOperator<String> value) {
        replicas.forEach(TracedReplica::settle);
        for (String key : replicas.getFirst().told().keySet()) {
            long told = replicas.stream().flatMap(replica -> replica.told().entrySet().stream())
                    .filter(each -> each.getKey().equals(key)).mapToLong(each -> each.getValue().arrivals).sum();
            assertThat(value.apply(key)).as(key).contains("\"90:42\":" + told + ',')
                    .contains("\"meta_total_reqs\":" + told + ',');
        }
    }

    @Test
    void shouldBringBackWhatAFailoverLost() {
        try (RedisSentinels sentinels = RedisSentinels.start("")) {
            start(sentinels.url());
            window(List.of("m"));
            replicas.forEach(TracedReplica::settle);
            // What the master alone has is lost with it.
            RedisServer replica = sentinels.servers().stream().filter(server -> server != sentinels.master())
                    .findFirst().orElseThrow();
            replica.hang();
            window(List.of("m"));
            replicas.forEach(TracedReplica::settle);
            List<Long> before = replicas.stream().map(TracedReplica::connections).toList();
            sentinels.master().kill();
            replica.goOn();
            sentinels.sentinels().forEach(sentinel -> sentinel.awaitAnswer(Integer.toString(replica.port()),
                    "SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisSentinels.MASTER));
            window(List.of("m"));
            for (int i = 0; i < replicas.size(); i++) {
                replicas.get(i).awaitUp(before.get(i) + 1);
            }

            assertWhole(key -> replica.command("GET", key));
        }
    }

    @Test
    void shouldKeepEachRecordInOneSlotOfACluster() {
        try (RedisCluster cluster = RedisCluster.start()) {
            start(cluster.url());
            List<String> models = new ArrayList<>(List.of("{x}", "a{b", "a}b", "{}", "a{}b{c}", "org/m:8b", "模型",
                    "[a]*"));
            for (int i = 0; i < 50; i++) {
                models.add("model-" + i);
            }
            window(models);
            window(models);

            assertWhole(key -> cluster.masterOf(key).command("GET", key));
            assertThat(cluster.servers()).as("each has its share").allSatisfy(server ->
                    assertThat(Integer.parseInt(server.command("DBSIZE"))).isPositive());
        }
    }
}
