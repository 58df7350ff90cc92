package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sentinel and Cluster: the same commands, and what happens when a master is lost. */
@Timeout(120)
class RedisModesTest {

    private static final RedisLogin SECRET = new RedisLogin("redis", "", "", "secret");

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldFollowTheMasterOfSentinels() throws Exception {
        try (RedisSentinels sentinels = RedisSentinels.start("secret");
                Redis redis = open(sentinels.url() + "/2", SECRET)) {
            awaitUp(redis, 1);
            assertThat(RedisModesTest.<String>answer(redis.call("test", commands -> commands.set("a", "1"))))
                    .isEqualTo("OK");

            sentinels.failOver();

            awaitUp(redis, 2);
            awaitWritten(redis, "b");
            assertThat(sentinels.master().command("INFO", "keyspace")).contains("db2:");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldLeaveAMasterThatBecameAReplica() throws Exception {
        try (RedisSentinels sentinels = RedisSentinels.start("");
                Redis redis = open(sentinels.url(), RedisLogin.NONE)) {
            awaitUp(redis, 1);

            // It keeps our connection, and says that it takes no writes any more.
            sentinels.servers().getLast().command("REPLICAOF", "NO", "ONE");
            RedisServer old = sentinels.servers().getFirst();
            old.command("REPLICAOF", "127.0.0.1", Integer.toString(sentinels.servers().getLast().port()));

            assertThatThrownBy(() -> answer(redis.call("test", commands -> commands.set("a", "1"))))
                    .cause().extracting("kind").isEqualTo(RedisFailure.Kind.READONLY);
            awaitUp(redis, 2);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldSayThatNoSentinelKnowsTheMaster() throws Exception {
        try (RedisSentinels sentinels = RedisSentinels.start("");
                LogLines lines = LogLines.of(Redis.class);
                Redis redis = open(sentinels.url().replace(RedisSentinels.MASTER, "other"), RedisLogin.NONE)) {
            assertThat(lines.await("no Sentinel names the master other"))
                    .contains("does not know it");
            assertThat(redis.up()).isFalse();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldSpreadOverACluster() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(); Redis redis = open(cluster.url(), RedisLogin.NONE)) {
            awaitUp(redis, 1);
            Set<String> keys = IntStream.range(0, 1_500).mapToObj(i -> "key:" + i).collect(Collectors.toSet());
            List<CompletionStage<String>> written = keys.stream()
                    .map(key -> redis.call("test", commands -> commands.set(key, key))).toList();
            for (CompletionStage<String> answer : written) {
                assertThat(RedisModesTest.<String>answer(answer)).isEqualTo("OK");
            }
            answer(redis.call("test", commands -> commands.set("other", "1")));

            assertThat(answer(new KeySearch(redis, "test", "key:*", 10_000).find())).isEqualTo(keys);
            assertThatThrownBy(() -> answer(new KeySearch(redis, "test", "key:*", 20).find()))
                    .hasMessageContaining("more than 20 keys like key:*");
            List<KeyValue<String, String>> values = answer(redis.call("test", commands ->
                    commands.mget(keys.toArray(String[]::new))));
            assertThat(values).hasSize(keys.size()).allMatch(value -> keys.contains(value.getValue()));
            RedisScript script = new RedisScript("return redis.call('INCR', KEYS[1])", ScriptOutputType.INTEGER);
            for (RedisServer server : cluster.servers()) {
                String key = keyOf(cluster, server);
                assertThat(RedisModesTest.<Long>answer(redis.run("test", script, List.of(key), List.of())))
                        .isEqualTo(1);
            }
            assertThat(redis.connections()).as("asking where slots are is no new connection").isEqualTo(1);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTellThatANodeOfAClusterWasAway() throws Exception {
        try (RedisCluster cluster = RedisCluster.start("--cluster-require-full-coverage", "no");
                Redis redis = open(cluster.url(), RedisLogin.NONE)) {
            awaitUp(redis, 1);
            RedisServer gone = cluster.servers().getFirst();
            String there = keyOf(cluster, gone);
            String elsewhere = keyOf(cluster, cluster.servers().getLast());
            awaitWritten(redis, there);

            gone.kill();

            RedisServer.await("seen to be away", () -> !redis.up());
            assertThatThrownBy(() -> answer(redis.call("test", commands -> commands.get(there))))
                    .hasCauseInstanceOf(RedisFailure.class);
            awaitWritten(redis, elsewhere);

            gone.restart();

            awaitUp(redis, 2);
            awaitWritten(redis, there);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldFollowAReplicaOfAClusterThatBecomesAMaster() throws Exception {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisServer master = cluster.servers().getFirst();
            cluster.addReplica(master);
            try (Redis redis = open(cluster.url(), RedisLogin.NONE)) {
                awaitUp(redis, 1);
                String there = keyOf(cluster, master);
                awaitWritten(redis, there);

                master.kill();

                awaitUp(redis, 2);
                awaitWritten(redis, there);
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldEndAStormOfRedirects() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(); LogLines lines = LogLines.of(Redis.class);
                Redis redis = open(cluster.url(), RedisLogin.NONE)) {
            awaitUp(redis, 1);
            RedisServer one = cluster.servers().getFirst();
            RedisServer two = cluster.servers().get(1);
            String key = keyOf(cluster, one);
            String slot = one.command("CLUSTER", "KEYSLOT", key);
            // Each says that the other one has it. Nodes would agree after a while by what they tell one another.
            one.command("CLUSTER", "SETSLOT", slot, "NODE", two.command("CLUSTER", "MYID"));
            two.command("CLUSTER", "SETSLOT", slot, "NODE", one.command("CLUSTER", "MYID"));

            List<CompletionStage<String>> sent = IntStream.range(0, 500)
                    .mapToObj(i -> redis.call("test", commands -> commands.get(key))).toList();
            long failed = 0;
            for (CompletionStage<String> answer : sent) {
                failed += answer.handle((value, error) -> error == null ? 0 : 1).toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
            }

            assertThat(failed).isPositive();
            assertThat(lines.all()).filteredOn(line -> line.contains("for test: cluster")).hasSize(1);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldRefuseKeysOfSeveralSlots() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(); Redis redis = open(cluster.url(), RedisLogin.NONE)) {
            awaitUp(redis, 1);
            RedisScript script = new RedisScript("return 1", ScriptOutputType.INTEGER);

            assertThatThrownBy(() -> answer(redis.run("test", script, List.of("a", "b"), List.of())))
                    .cause().satisfies(failure -> {
                        assertThat(failure).hasMessageContaining("CROSSSLOT");
                        assertThat(failure).extracting("kind").isEqualTo(RedisFailure.Kind.CLUSTER);
                    });

            cluster.servers().getLast().kill();
            cluster.servers().getFirst().awaitAnswer("cluster_state:fail", "CLUSTER", "INFO");
            assertThatThrownBy(() -> answer(redis.call("test", commands ->
                    commands.get(keyOf(cluster, cluster.servers().getFirst())))))
                    .cause().hasMessageContaining("CLUSTERDOWN").extracting("kind")
                    .isEqualTo(RedisFailure.Kind.CLUSTER);
        }
    }

    private static Redis open(String url, RedisLogin login) {
        return Redis.open(new RedisSettings(url, login, RedisLogin.NONE, RedisTls.DEFAULT, "one",
                Duration.ofSeconds(2).toNanos()), NanoClock.SYSTEM, Metrics.NONE);
    }

    private static String keyOf(RedisCluster cluster, RedisServer server) {
        return IntStream.iterate(0, i -> i + 1).mapToObj(i -> "of:" + i)
                .filter(key -> cluster.masterOf(key) == server).findFirst().orElseThrow();
    }

    /** Commands fail until all know who is the master. */
    private static void awaitWritten(Redis redis, String key) {
        RedisServer.await(key + " written", () -> redis.call("test", commands -> commands.set(key, "1"))
                .exceptionally(error -> "failed").toCompletableFuture().join().equals("OK"));
    }

    private static void awaitUp(Redis redis, int connections) {
        RedisServer.await("connection " + connections, () -> redis.connections() >= connections && redis.up());
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
