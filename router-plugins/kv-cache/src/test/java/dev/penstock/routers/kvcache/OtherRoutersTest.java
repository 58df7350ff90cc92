package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtherRoutersTest {

    // ---- all of them

    @ParameterizedTest
    @ValueSource(strings = {"prefix-cache", "prefix-cache-preble", "sticky-until-saturated", "cache-aware", "kv-cost",
        "predicted-ttft"})
    void shouldSpreadWhatHasNoPrefix(String strategy) {
        Set<String> chosen = new HashSet<>();
        try (KvFleet fleet = KvFleet.of(3)) {
            for (int i = 0; i < 60; i++) {
                chosen.add(fleet.choice(strategy, FakeRequest.plain()));
            }
            assertThat(fleet.shard().counter("prefix-match", "no_prefix")).isEqualTo(60);
            assertThat(fleet.shard().counter("prefix-match", "capacity_assumed")).as("once for each pod").isEqualTo(3);
            assertThat(fleet.shard().failures(strategy)).isZero();
        }
        assertThat(chosen).containsExactlyInAnyOrder("p1", "p2", "p3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefix-cache", "prefix-cache-preble", "sticky-until-saturated", "cache-aware", "kv-cost",
        "predicted-ttft"})
    void shouldShareWhatIsKnownOfCaches(String strategy) {
        try (KvFleet fleet = KvFleet.of(4, Map.of("sticky-until-saturated.exploration", "0")).capacity(1_000)) {
            // Known from a request that another strategy routed, before this one was made.
            fleet.cached(4, 1, 50);
            for (int i = 0; i < 5; i++) {
                assertThat(fleet.choice(strategy, KvFleet.prompt(1, 55))).isEqualTo("p4");
            }
            assertThat(fleet.shard().fallbacks("unavailable")).isZero();
        }
    }

    @Test
    void shouldFallBackWhereNobodyLendsTheIndex() {
        TestShard.Builder builder = TestShard.builder();
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            if (!provider.name().equals("prefix-match")) {
                builder.router(provider);
            }
        }
        try (TestShard shard = builder.build()) {
            shard.fleet().add("p1");
            shard.serve();
            assertThat(shard.route("predicted-ttft").fallbackReason()).isEqualTo("unavailable");
        }
    }

    @Test
    void shouldLeaveTheChoiceToTheFallbackWherePrefixesAloneWouldDecide() {
        try (KvFleet fleet = KvFleet.of(2).capacity(100).inFlight(1, 0)) {
            fleet.cached(1, 1, 50);
            Routed routed = fleet.shard().route("prefix-match", KvFleet.prompt(1, 50));
            assertThat(routed.fallbackReason()).isEqualTo("prefix_match_alone");
            assertThat(routed.pod()).as("the fewest in flight").isEqualTo("p2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefix-match.bytes-per-token", "prefix-match.prefill-rate", "prefix-match.index-bytes"})
    void shouldFallBackWhereASettingCannotHold(String setting) {
        try (KvFleet fleet = KvFleet.of(2, Map.of(setting, "0"))) {
            assertThat(fleet.shard().route("kv-cost").fallbackReason()).isEqualTo("unavailable");
            assertThat(fleet.shard().failures("prefix-match")).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepTheCapacityThatIsKnownWhileMetricsFail() {
        try (KvFleet fleet = KvFleet.of(2).capacity(20)) {
            fleet.cached(1, 1, 20);
            fleet.capacity(1, 0).capacity(2, 0);
            fleet.cached(1, 100, 20);
            assertThat(fleet.choice("prefix-cache", KvFleet.prompt(100, 20))).isEqualTo("p1");
            // Evicted by the other prompt, as long as p1 has 20 blocks: it draws nothing.
            Set<String> chosen = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                Routed routed = fleet.shard().route("prefix-cache", KvFleet.prompt(1, 20));
                chosen.add(String.valueOf(routed.pod()));
                routed.ended();
                fleet.cached(1, 1_000L + 1_000L * i, 20);
                fleet.shard().fleet().replace("p2");
                fleet.shard().serve();
            }
            assertThat(chosen).hasSize(2);
            assertThat(fleet.shard().counter("prefix-match", "capacity_assumed")).as("only p2 was never told")
                    .isGreaterThan(0);
        }
    }

    // ---- sticky-until-saturated

    @Test
    void shouldStayWithAPodUntilItIsSaturated() {
        Map<String, String> settings = Map.of("sticky-until-saturated.saturation-tokens", "10000",
                "sticky-until-saturated.exploration", "0");
        try (KvFleet fleet = KvFleet.of(2, settings).capacity(10_000)) {
            fleet.cached(1, 1, 100);
            fleet.sent(1, KvFleet.prompt(5_000, 300));
            assertThat(fleet.choice("sticky-until-saturated", KvFleet.prompt(1, 120))).as("9,600 tokens wait")
                    .isEqualTo("p1");
            fleet.sent(1, KvFleet.prompt(6_000, 50));
            assertThat(fleet.choice("sticky-until-saturated", KvFleet.prompt(1, 120))).as("11,200 tokens wait")
                    .isEqualTo("p2");
            assertThat(fleet.shard().counter("sticky-until-saturated", "released")).isEqualTo(1);
        }
    }

    @Test
    void shouldNotStickToLessThanFourFifthsOfThePrompt() {
        Map<String, String> settings = Map.of("sticky-until-saturated.exploration", "0");
        try (KvFleet fleet = KvFleet.of(2, settings).capacity(10_000)) {
            fleet.cached(1, 1, 79);
            fleet.sent(1, KvFleet.prompt(5_000, 200));
            assertThat(fleet.choice("sticky-until-saturated", KvFleet.prompt(1, 100))).isEqualTo("p2");
            fleet.cached(1, 1, 81);
            fleet.shard().fleet().replace("p2");
            fleet.shard().serve();
            assertThat(fleet.choice("sticky-until-saturated", KvFleet.prompt(1, 100))).isEqualTo("p1");
        }
    }

    @Test
    void shouldReleaseWhereTheFirstTokenWouldComeFiveSecondsLater() {
        Map<String, String> settings = Map.of("sticky-until-saturated.exploration", "0");
        try (KvFleet fleet = KvFleet.of(2, settings).capacity(10_000)) {
            fleet.cached(1, 1, 100);
            // 44,800 tokens at 8,000 a second are 5.6 s; the miss itself takes 0.4 s.
            fleet.sent(1, KvFleet.prompt(5_000, 1_400));
            assertThat(fleet.choice("sticky-until-saturated", KvFleet.prompt(1, 100))).isEqualTo("p2");
        }
    }

    // ---- cache-aware

    @Test
    void shouldLeaveThePrefixWhereBothBoundsArePassed() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            fleet.cached(1, 1, 50);
            assertThat(fleet.inFlight(64, 0).choice("cache-aware", KvFleet.prompt(1, 50))).isEqualTo("p1");
            assertThat(fleet.inFlight(65, 0).choice("cache-aware", KvFleet.prompt(1, 50))).isEqualTo("p2");
        }
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000)) {
            fleet.cached(1, 1, 50);
            assertThat(fleet.inFlight(300, 200).choice("cache-aware", KvFleet.prompt(1, 50))).isEqualTo("p1");
            assertThat(fleet.inFlight(301, 200).choice("cache-aware", KvFleet.prompt(1, 50))).isEqualTo("p2");
        }
    }

    @Test
    void shouldGoByLoadBelowTheThreshold() {
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000).inFlight(1, 0)) {
            fleet.cached(1, 1, 30);
            assertThat(fleet.choice("cache-aware", KvFleet.prompt(1, 99))).isEqualTo("p1");
        }
        try (KvFleet fleet = KvFleet.of(2).capacity(1_000).inFlight(1, 0)) {
            fleet.cached(1, 1, 30);
            assertThat(fleet.choice("cache-aware", KvFleet.prompt(1, 100))).as("strictly more than 0.3")
                    .isEqualTo("p2");
        }
    }

    @Test
    void shouldTakeFullCachesForImbalanceWhereAskedTo() {
        Map<String, String> settings = Map.of("cache-aware.overload-kv-usage", "0.9");
        try (KvFleet fleet = KvFleet.of(2, settings).capacity(1_000).inFlight(1, 0)) {
            fleet.cached(1, 1, 30);
            fleet.shard().load().gauge(fleet.pod(1), Gauge.KV_CACHE_USAGE, 0.9);
            assertThat(fleet.choice("cache-aware", KvFleet.prompt(1, 30))).isEqualTo("p1");
            fleet.shard().load().gauge(fleet.pod(1), Gauge.KV_CACHE_USAGE, 0.91);
            assertThat(fleet.choice("cache-aware", KvFleet.prompt(1, 30))).isEqualTo("p2");
            assertThat(fleet.shard().counter("cache-aware", "imbalanced")).isEqualTo(1);
        }
    }

    // ---- kv-cost

    @Test
    void shouldAddPrefillAndDecode() {
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            // p1 decodes 100 blocks; p2 has 40 blocks to prefill, which count as prefill and as held.
            fleet.sent(1, KvFleet.prompt(1_000, 100)).firstByte();
            fleet.sent(2, KvFleet.prompt(2_000, 40));
            assertThat(fleet.choice("kv-cost", KvFleet.prompt(5_000, 10))).isEqualTo("p2");
            fleet.sent(2, KvFleet.prompt(3_000, 20));
            assertThat(fleet.choice("kv-cost", KvFleet.prompt(6_000, 10))).isEqualTo("p1");
        }
    }

    @Test
    void shouldMultiplyWithRequestsInFlightWhereAskedTo() {
        try (KvFleet fleet = KvFleet.of(2, Map.of("kv-cost.product", "true")).capacity(10_000)) {
            fleet.sent(1, KvFleet.prompt(1_000, 10));
            fleet.inFlight(0, 3);
            // (10 + 10) * 2 against 10 * 4.
            assertThat(fleet.choice("kv-cost", KvFleet.prompt(5_000, 9))).isEqualTo("p2");
            assertThat(fleet.choice("kv-cost", KvFleet.prompt(6_000, 12))).isEqualTo("p1");
        }
    }

    // ---- prefix-cache-preble

    @Test
    void shouldExploitALongPrefixAndExploreOtherwise() {
        try (KvFleet fleet = KvFleet.of(3).capacity(10_000)) {
            fleet.shard().route("prefix-cache-preble", FakeRequest.plain()).ended();
            fleet.cached(1, 1, 51).cached(3, 1, 51);
            fleet.cached(2, 9_000, 2);
            for (int i = 0; i < 10; i++) {
                assertThat(fleet.choice("prefix-cache-preble", KvFleet.prompt(1, 100))).isIn("p1", "p3");
            }
        }
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            fleet.shard().route("prefix-cache-preble", FakeRequest.plain()).ended();
            fleet.shard().fleet().replace("p1").replace("p2");
            fleet.shard().serve();
            fleet.cached(1, 1, 50);
            fleet.sent(1, KvFleet.prompt(4_000, 500));
            assertThat(fleet.choice("prefix-cache-preble", KvFleet.prompt(1, 100))).as("half is not more than half")
                    .isEqualTo("p2");
        }
    }

    @Test
    void shouldAskOnlyTheLeastBusyWherePodsDifferByMoreThanEight() {
        try (KvFleet fleet = KvFleet.of(4).capacity(10_000)) {
            for (int i = 1; i <= 4; i++) {
                fleet.cached(i, 1, 50);
            }
            fleet.inFlight(1, 1, 10, 10);
            for (int i = 0; i < 10; i++) {
                assertThat(fleet.choice("prefix-cache-preble", KvFleet.prompt(1, 50))).isIn("p1", "p2");
            }
        }
    }

    @Test
    void shouldForgetTheLoadOfThreeMinutesAgo() {
        long bucketSeconds = Duration.ofNanos(SlidingLoads.bucketNanos(Duration.ofMinutes(3).toNanos())).toSeconds();
        SlidingLoads loads = new SlidingLoads();
        loads.add(3, 0, 2.5);
        loads.add(3, 100 / bucketSeconds, 1);
        assertThat(loads.cost(3, 170 / bucketSeconds)).isEqualTo(3.5, within(1e-9));
        assertThat(loads.requests(3, 190 / bucketSeconds)).isEqualTo(1);
        assertThat(loads.cost(3, 3_600 / bucketSeconds)).isZero();
        assertThat(loads.requests(2, 0)).as("another pod").isZero();
        loads.add(2, 3_600 / bucketSeconds, 4);
        loads.forget(2);
        assertThat(loads.cost(2, 3_600 / bucketSeconds)).as("a pod that has left").isZero();
    }

    /** Figures of Preble's tables. */
    @Test
    void shouldKnowPrefillTimesOfTwoGpus() {
        PrebleCosts v100 = PrebleCosts.of("v100");
        assertThat(v100.prefillSeconds(100, 100)).isEqualTo((55 + 0.80) / 0.9 / 1e3, within(1e-9));
        assertThat(v100.prefillSeconds(200, 2_000))
                .isEqualTo((-295 + 3.125 * 200 - 6.4e-3 * 40_000 + 4.65e-4 * 2_000 + 0.398) / 0.9 / 1e3, within(1e-9));
        assertThat(v100.prefillSeconds(5_000, 5_000)).isEqualTo((0.27106428 * 5_000 + 10.52444263 + 4.65e-4 * 5_000
                + 0.398 - 18.425 + 9.65e-3 * 5_000 + 5.4e-6 * 25e6) / 0.9 / 1e3, within(1e-9));
        assertThat(PrebleCosts.of("A6000").prefillSeconds(1_000, 1_000))
                .isEqualTo((0.10842571 * 1_000 + 4.209777 + 0.32) / 0.9 / 1e3, within(1e-9));
    }
}
