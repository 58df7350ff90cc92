package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.KvEvent;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where prompts go when engines tell what is in their caches. */
class EngineViewsTest {

    private static final String[] STRATEGIES = {"predicted-ttft", "prefix-cache", "kv-cost", "cache-aware",
            "prefix-cache-preble", "sticky-until-saturated"};

    // As long in tokens as in blocks of bytes.
    private static FakeRequest prompt(int first, int blocks) {
        return KvFleet.prompt(first, blocks).withTokens(tokens(first, blocks));
    }

    private static int[] tokens(int first, int blocks) {
        return IntStream.range(first * KvFleet.BLOCK_TOKENS, (first + blocks) * KvFleet.BLOCK_TOKENS).toArray();
    }

    private static void tell(KvFleet fleet, KvEvent... events) {
        for (KvEvent event : events) {
            fleet.shard().kvEvent(event);
        }
        fleet.shard().serve();
    }

    private static KvEvent.Cleared empty(KvFleet fleet, int pod) {
        return new KvEvent.Cleared(fleet.pod(pod));
    }

    private static KvEvent.Stored stored(KvFleet fleet, int pod, int first, int blocks) {
        return stored(fleet, pod, first, blocks, null);
    }

    private static KvEvent.Stored stored(KvFleet fleet, int pod, int first, int blocks, @Nullable String medium) {
        return new KvEvent.Stored(fleet.pod(pod), LongStream.range(first * 2L, (first + blocks) * 2L).toArray(), null,
                tokens(first, blocks), KvFleet.BLOCK_TOKENS / 2, null, medium);
    }

    @Test
    void shouldGoWhereTheEngineSaysThatThePromptIs() {
        for (String strategy : STRATEGIES) {
            try (KvFleet fleet = KvFleet.of(4, Map.of("sticky-until-saturated.exploration", "0"))
                    .capacity(1_000)) {
                // Told before anybody asked for a strategy.
                tell(fleet, empty(fleet, 3), stored(fleet, 3, 1, 50));

                assertThat(fleet.choice(strategy, prompt(1, 60))).as(strategy).isEqualTo("p3");
            }
        }
    }

    @Test
    void shouldBelieveAnEngineRatherThanWhatWasSentThere() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            tell(fleet, empty(fleet, 1), empty(fleet, 2));
            fleet.cached(1, 1, 50);
            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).as("not told yet").isEqualTo("p1");

            fleet.shard().advance(Duration.ofSeconds(3));
            tell(fleet, stored(fleet, 2, 1, 10));
            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).as("never told").isEqualTo("p2");
        }
    }

    @Test
    void shouldGoByWhatWasSentWhereThereAreNoTokens() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            tell(fleet, empty(fleet, 1), empty(fleet, 2), stored(fleet, 2, 1, 50));
            fleet.cached(1, 1, 50);
            fleet.shard().advance(Duration.ofSeconds(3));

            assertThat(fleet.choice("prefix-cache", KvFleet.prompt(1, 50))).isEqualTo("p1");
        }
    }

    @Test
    void shouldServeAFleetOfWhichOnlySomeTell() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            tell(fleet, empty(fleet, 1), stored(fleet, 1, 1, 10));
            fleet.cached(2, 1, 50);
            fleet.shard().advance(Duration.ofSeconds(3));

            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).isEqualTo("p2");
            tell(fleet, stored(fleet, 1, 1, 50));
            fleet.inFlight(0, 1);
            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).isEqualTo("p1");
        }
    }

    @Test
    void shouldFallBackToWhatWasSentWhereEventsWereLost() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            tell(fleet, empty(fleet, 1), empty(fleet, 2), stored(fleet, 1, 1, 50));
            fleet.cached(2, 1, 20);
            fleet.shard().advance(Duration.ofSeconds(3));
            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).isEqualTo("p1");

            fleet.shard().advance(Duration.ofSeconds(3));
            tell(fleet, new KvEvent.Resync(fleet.pod(1)), new KvEvent.Resync(fleet.pod(2)));
            assertThat(fleet.choice("prefix-cache", prompt(101, 10))).isIn("p1", "p2");
            tell(fleet, stored(fleet, 2, 1, 50));
            assertThat(fleet.choice("prefix-match,prefix-cache", prompt(1, 50)))
                    .as("what p1 was sent a moment ago, and what p2 tells").isIn("p1", "p2");
        }
    }

    @Test
    void shouldForgetWhatAnEngineSaysIsGone() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            tell(fleet, empty(fleet, 1), empty(fleet, 2), stored(fleet, 1, 1, 50), stored(fleet, 2, 1, 5));
            assertThat(fleet.shard().route("prefix-cache", prompt(1, 50)).pod()).hasToString("p1");
            fleet.shard().advance(Duration.ofSeconds(3));

            tell(fleet, new KvEvent.Removed(fleet.pod(1), LongStream.range(2, 102).toArray(), "GPU"));
            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).isEqualTo("p2");
        }
    }

    @Test
    void shouldPreferThePodThatHasItInItsFasterMemory() {
        try (KvFleet fleet = KvFleet.of(3).capacity(1_000)) {
            for (int pod = 1; pod <= 3; pod++) {
                tell(fleet, empty(fleet, pod));
            }
            tell(fleet, stored(fleet, 1, 1, 40, "STORAGE"), stored(fleet, 2, 1, 40, "CPU"),
                    stored(fleet, 3, 1, 15, "GPU"));

            assertThat(fleet.choice("prefix-cache", prompt(1, 40))).isEqualTo("p2");
        }
    }

    @Test
    void shouldKeepAdaptersApart() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            fleet.shard().fleet().adapter("sql", FakeFleet.MODEL, "p1", "p2");
            fleet.shard().serve();
            tell(fleet, empty(fleet, 1), empty(fleet, 2), stored(fleet, 1, 1, 50),
                    new KvEvent.Stored(fleet.pod(2), new long[] {7, 8}, null, tokens(1, 1), 16, "sql", null));

            assertThat(fleet.choice("prefix-cache", prompt(1, 50).withModel("sql"))).isEqualTo("p2");
            fleet.shard().advance(Duration.ofSeconds(3));
            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).isEqualTo("p1");
        }
    }

    @Test
    void shouldNotTakeEventsOfAPodThatHasLeftForThoseOfTheNext() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            KvEvent late = stored(fleet, 1, 1, 50);
            tell(fleet, empty(fleet, 1), late);
            fleet.shard().fleet().remove("p1");
            fleet.shard().serve();
            fleet.shard().fleet().add("p9");
            fleet.shard().serve();
            tell(fleet, new KvEvent.Cleared(fleet.shard().pod("p9")), late, stored(fleet, 2, 1, 5));

            assertThat(fleet.choice("prefix-cache", prompt(1, 50))).isEqualTo("p2");
        }
    }

    @Test
    void shouldNeedTokensOnlyWhereATokenizerIsNamed() {
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            UnaryOperator<String> none = name -> "";
            assertThat(provider.needs(none).tokenizer()).as(provider.name()).isNull();
            assertThat(provider.needs(none).hashBlockBytes()).isEqualTo(128);
            assertThat(provider.needs(name -> name.equals("tokenizer") ? "remote" : "").tokenizer())
                    .isEqualTo("remote");
        }
    }
}
