package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What other tests rely on. */
@Timeout(60)
class RedisFixturesTest {

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldStartServersThatComeBackEmpty() {
        try (RedisServer server = RedisServer.start("--requirepass", "secret")) {
            assertThat(server.command("SET", "a", "ä")).isEqualTo("OK");
            assertThat(server.command("GET", "a")).isEqualTo("ä");

            server.restart();

            assertThat(server.command("GET", "a")).isEqualTo("(nil)");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldCutAndMend() throws IOException {
        try (RedisServer server = RedisServer.start(); CutLine line = CutLine.to(server.port())) {
            try (RedisServerLine through = new RedisServerLine(line.port())) {
                assertThat(through.command("PING")).isEqualTo("PONG");
                line.cut();
                assertThatThrownBy(() -> through.command("PING")).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> new RedisServerLine(line.port()).command("PING"))
                    .isInstanceOf(IOException.class);
            line.mend();
            try (RedisServerLine through = new RedisServerLine(line.port())) {
                assertThat(through.command("PING")).isEqualTo("PONG");
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldFailOverBySentinels() {
        try (RedisSentinels sentinels = RedisSentinels.start("secret")) {
            RedisServer before = sentinels.master();
            assertThat(before.command("SET", "a", "1")).isEqualTo("OK");

            sentinels.failOver();

            assertThat(sentinels.master()).isNotSameAs(before);
            sentinels.master().awaitAnswer("role:master", "INFO", "replication");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldSpreadSlotsOverACluster() {
        try (RedisCluster cluster = RedisCluster.start()) {
            assertThat(cluster.masterOf("a").command("SET", "a", "1")).isEqualTo("OK");
            RedisServer other = cluster.servers().get(cluster.servers().indexOf(cluster.masterOf("a")) == 0 ? 1 : 0);
            assertThat(other.command("GET", "a")).startsWith("MOVED");

            RedisServer replica = cluster.addReplica(cluster.masterOf("a"));

            assertThat(replica.command("GET", "a")).startsWith("MOVED");
        }
    }
}
