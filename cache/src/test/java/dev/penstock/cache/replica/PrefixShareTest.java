package dev.penstock.cache.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.spi.KvEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrefixShareTest {

    private static final List<PodSpec> PODS = HandDrivenReplica.pods(3);
    private static final long[] HASHES = {1, -2, Long.MIN_VALUE};

    private final RedisServer server = RedisServer.start();
    private final HandDrivenReplica a = new HandDrivenReplica("a", server, PODS);
    private final HandDrivenReplica b = new HandDrivenReplica("b", server, PODS.reversed());
    private final List<KvEvent.Expected> heardByB = new ArrayList<>();

    @BeforeEach
    void meet() {
        b.agent.onPromptElsewhere((shard, prompt) -> {
            assertThat(shard).isZero();
            heardByB.add(prompt);
        });
        HandDrivenReplica.meet(a, b, a, b);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        server.close();
    }

    @Test
    void shouldAgreeOnASeed() throws Exception {
        long agreed = seed(a);
        assertThat(seed(b)).isEqualTo(agreed);

        b.redis.call("test", commands -> commands.flushall()).toCompletableFuture().get(20, TimeUnit.SECONDS);
        try (HandDrivenReplica late = new HandDrivenReplica("late", server, PODS)) {
            a.clock.advance(Duration.ofSeconds(20));
            a.sync();
            answered(a);
            late.sync();
            answered(late);

            assertThat(seed(late)).isEqualTo(agreed);
        }
    }

    @Test
    void shouldKeepItsSeedWhereRedisHoldsGarbage() throws Exception {
        long before = seed(b);
        b.redis.call("test", commands -> commands.set(SharedSeed.KEY, "garbage"));
        b.clock.advance(Duration.ofSeconds(20));
        b.sync();
        answered(b);

        assertThat(seed(b)).isEqualTo(before);
        assertThat(b.counters.value("penstock_redis_failures", "use", "prefixes", "kind", "content")).isEqualTo(1);
    }

    @Test
    void shouldTellOthersWhichPromptsItHasSentWhere() {
        a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
        a.agent.sentPrompts().sent(a.pod("pod-2"), new long[] {7}, 30);
        a.sync();
        b.sync();

        assertThat(heardByB).hasSize(2);
        KvEvent.Expected first = heardByB.getFirst();
        assertThat(first.endpoint()).isSameAs(b.pod("pod-0"));
        assertThat(first.prefixHashes()).containsExactly(HASHES);
        assertThat(first.promptTokens()).isEqualTo(400);
        assertThat(heardByB.get(1).endpoint()).isSameAs(b.pod("pod-2"));

        b.sync();
        assertThat(heardByB).as("told once").hasSize(2);
    }

    @Test
    void shouldTellWhoComesLateWhatThereWasButNotThatItWaits() {
        a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
        a.sync();
        List<KvEvent.Expected> heard = new ArrayList<>();
        try (HandDrivenReplica late = new HandDrivenReplica("late", server, PODS)) {
            late.agent.onPromptElsewhere((shard, prompt) -> heard.add(prompt));
            HandDrivenReplica.meet(late, a, late, a, late);
            a.agent.sentPrompts().sent(a.pod("pod-1"), HASHES, 500);
            a.sync();
            late.sync();
        }

        assertThat(heard).extracting(KvEvent.Expected::promptTokens).containsExactly(0L, 500L);
    }

    @Test
    void shouldPassOverPodsThatItDoesNotHave() throws Exception {
        a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
        a.sync();
        b.tell(new CacheCommand.PodUpserted("start", HandDrivenReplica.pod("pod-0", "another")));
        b.sync();

        assertThat(heardByB).isEmpty();
    }

    @Test
    void shouldPassOverPromptsOfAnotherSeed() throws Exception {
        b.redis.call("test", commands -> commands.set(SharedSeed.KEY, "0123456789abcdef"));
        b.clock.advance(Duration.ofSeconds(20));
        b.sync();
        answered(b);
        HandDrivenReplica.meet(a, b);
        a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
        a.sync();
        b.sync();

        assertThat(heardByB).isEmpty();
        assertThat(b.counters.value("penstock_replicas_foreign_seed_bytes")).isPositive();
    }

    @Test
    void shouldWriteNothingWhileThereAreNoOthers() {
        b.crash();
        for (int i = 0; i < 12; i++) {
            a.sync();
        }
        a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
        a.sync();

        assertThat(a.counters.value("penstock_replicas_sent_bytes", "what", "prompts")).isZero();
    }

    @Test
    void shouldBoundWhatItTells() throws Exception {
        long[] long1 = LongStream.range(0, 65_536).toArray();
        for (int i = 0; i < 5_000; i++) {
            a.agent.sentPrompts().sent(a.pod("pod-0"), long1, 1_000_000);
        }
        a.sync();
        b.sync();

        assertThat(heardByB).isNotEmpty().allMatch(prompt -> prompt.prefixHashes().length == PromptBatch.MOST_BLOCKS);
        assertThat(a.counters.value("penstock_replicas_prompts_dropped")).isEqualTo(5_000 - heardByB.size());
        assertThat(a.counters.value("penstock_replicas_sent_bytes", "what", "prompts")).isLessThan(800_000);
        for (int i = 0; i < 600; i++) {
            a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
            a.sync();
        }
        assertThat(a.redis.call("test", commands -> commands.xlen(stream())).toCompletableFuture()
                .get(20, TimeUnit.SECONDS)).isLessThan(400);
        assertThat(a.redis.call("test", commands -> commands.ttl(stream())).toCompletableFuture()
                .get(20, TimeUnit.SECONDS)).isBetween(1L, 120L);
    }

    @Test
    void shouldPassOverGarbage() throws Exception {
        String stream = stream();
        String laterVersion = Base64.getEncoder().encodeToString(new byte[] {2, 0, 0, 0, 0, 0, 0, 0, 0});
        List<String> garbage = List.of("", "?", "AA", laterVersion, "x".repeat(200_000));
        for (String text : garbage) {
            b.redis.call("test", commands -> commands.xadd(stream, Map.of("p", text))).toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        }
        b.redis.call("test", commands -> commands.xadd(stream, Map.of("q", "another field"))).toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
        a.sync();
        b.sync();

        assertThat(heardByB).hasSize(1);
        assertThat(b.counters.value("penstock_redis_failures", "use", "prefixes", "kind", "content"))
                .isEqualTo(garbage.size() + 1);
    }

    @Test
    void shouldRefuseBatchesThatAreCutOff() {
        PromptBatch batch = new PromptBatch();
        batch.begin(5);
        assertThat(batch.add(3, 10, HASHES)).isTrue();
        byte[] whole = Base64.getDecoder().decode(batch.text());
        for (int length = 10; length < whole.length; length++) {
            String cut = Base64.getEncoder().encodeToString(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> PromptBatch.parse(cut, 5, bytes -> { }))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(PromptBatch.parse(batch.text(), 5, bytes -> { })).hasSize(1);
    }

    @Test
    void shouldGoOnAfterRedisCameBackEmpty() {
        server.restart();
        while (heardByB.isEmpty()) {
            a.agent.sentPrompts().sent(a.pod("pod-0"), HASHES, 400);
            a.sync();
            b.sync();
        }
    }

    private String stream() {
        return PrefixShare.PREFIX + b.agent.others().getFirst();
    }

    private static long seed(HandDrivenReplica replica) {
        return Objects.requireNonNull(replica.agent.prefixSeed()).getAsLong();
    }

    private static void answered(HandDrivenReplica replica) throws Exception {
        replica.redis.call("test", commands -> commands.ping()).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
