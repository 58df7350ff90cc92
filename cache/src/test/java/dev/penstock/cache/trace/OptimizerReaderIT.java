package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this process writes, read by the rules of AIBrix's GPU optimizer from a real Redis. */
@Timeout(60)
class OptimizerReaderIT {
    private static final long START = 1_700_000_000;

    private final RedisServer server = RedisServer.start();
    private final RedisClient client = RedisClient.create(server.url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final TracedReplica replica = new TracedReplica(server.url(), "one", START);

    @AfterEach
    void close() {
        replica.close();
        client.shutdown();
        server.close();
    }

    private void window(String model, int requests) {
        for (int i = 0; i < requests; i++) {
            replica.began(model);
            replica.ended(model, 512, 20);
        }
        replica.endWindow();
        replica.settle();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-3-8b", "org/llama-3:8b", "模型-ü", "a model", "{x}", "a{b", "a}b", "a{}b{c}", "^a",
        "a-]b", "a*b", "a?b", "*", "a\"b"})
    void shouldBeReadFromTheFirstRecordOn(String model) {
        replica.awaitUp(1);
        window(model, 4);
        window(model, 7);
        OptimizerReader reader = new OptimizerReader(redis, model);

        List<OptimizerReader.Read> first = reader.first(replica.seconds());

        assertThat(first).extracting(OptimizerReader.Read::at).containsExactly(START + 10, START + 20);
        assertThat(first).extracting(OptimizerReader.Read::rate).containsExactly(0.4, 0.7);
        assertThat(reader.dropped()).isEmpty();
        polls(model, reader);
    }

    /** SCAN takes these for patterns that the name itself does not match: only what comes later is read. */
    @ParameterizedTest
    @ValueSource(strings = {"a[b]c", "a\\b", "a[b", "[^a]"})
    void shouldBeReadFromTheNextRecordOnWhereTheNameIsAPattern(String model) {
        replica.awaitUp(1);
        window(model, 4);
        OptimizerReader reader = new OptimizerReader(redis, model);
        assertThat(reader.first(replica.seconds())).isEmpty();
        polls(model, reader);
    }

    /** The reader's own weakness, which no writer can mend: what it finds at first may be of others, too. */
    @Test
    void shouldBeMixedUpAtFirstOnlyWithNamesThatTheirPatternMatches() {
        replica.awaitUp(1);
        window("ab", 4);
        OptimizerReader reader = new OptimizerReader(redis, "a*");
        assertThat(reader.first(replica.seconds())).extracting(OptimizerReader.Read::at).containsExactly(START + 10);
        polls("a*", reader);
    }

    private void polls(String model, OptimizerReader reader) {
        assertThat(reader.poll(replica.seconds())).as("read already, or passed over").isEmpty();
        window(model, 3);
        assertThat(replica.seconds()).isLessThanOrEqualTo(reader.nextPoll());
        OptimizerReader.Read read = reader.poll(replica.seconds()).getFirst();
        assertThat(read.at()).isEqualTo(replica.seconds());
        assertThat(read.rate()).isEqualTo(0.3);
        assertThat(read.loads()).as("512 tokens in, 20 out").containsExactly(
                new OptimizerReader.Load(read.at(), 9.0, 4.2, 3));
        assertThat(read.values()).isEqualTo(Map.of("90:42", 3L, "meta_v", 4L, "meta_interval_sec", 10L,
                "meta_precision", 10L, "meta_total_reqs", 3L, "meta_pending_reqs", 2L, "meta_queueing_reqs", 1L));
        assertThat(reader.poll(replica.seconds())).isEmpty();
        replica.endWindow();
        assertThat(reader.poll(replica.seconds())).as("nothing happened").isEmpty();
        assertThat(reader.dropped()).isEmpty();
    }

    @Test
    void shouldBeThereWhenTheReaderLooks() {
        replica.awaitUp(1);
        replica.began("m");
        replica.endWindow();
        replica.settle();
        // By hand: the time at which it was sent; what the network takes is a test's own time.
        assertThat(replica.seconds()).isEqualTo(START + 10);
        assertThat(redis.get("aibrix:m_request_trace_" + (START + 10))).isEqualTo("{\"meta_interval_sec\":10,"
                + "\"meta_pending_reqs\":2,\"meta_precision\":10,\"meta_queueing_reqs\":1,\"meta_total_reqs\":1,"
                + "\"meta_v\":4}");
        assertThat(redis.ttl("aibrix:m_request_trace_" + (START + 10))).isBetween(590L, 600L);
        assertThat(redis.ttl("{aibrix:m_request_trace_" + (START + 10) + "}:parts")).isBetween(590L, 600L);
    }

    @Test
    void shouldWriteOverWhatIsNoRecord() {
        replica.awaitUp(1);
        redis.hset("aibrix:m_request_trace_" + (START + 10), "no", "record");
        window("m", 3);
        OptimizerReader reader = new OptimizerReader(redis, "m");
        assertThat(reader.first(replica.seconds())).hasSize(1);
    }
}
