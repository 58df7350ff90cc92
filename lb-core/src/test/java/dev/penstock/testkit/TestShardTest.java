package dev.penstock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.SettingSpec;
import dev.penstock.spi.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The kit as an author uses it: with nothing but its public side. */
class TestShardTest {

    private final List<RoutingContext> held = new ArrayList<>();

    private record Provider(String name, Function<RouterEnvironment, Router> maker) implements RouterProvider {
        @Override
        public List<SettingSpec> settings() {
            return List.of(new SettingSpec("first", SettingSpec.Type.INTEGER, "0", "Index of the pod."));
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return maker.apply(environment);
        }
    }

    private static RouterProvider always(String name, Router router) {
        return new Provider(name, environment -> router);
    }

    private static RouterProvider indexed() {
        return new Provider("indexed", environment -> context -> {
            environment.counter("asked").increment();
            context.responseHeader("x-asked", "yes");
            context.select(context.candidates().get((int) environment.integer("first")));
        });
    }

    @Test
    void shouldRouteWithSettingsHeadersAndCounters() {
        TestShard shard = TestShard.builder().router(indexed(), Map.of("first", "1")).build();
        shard.fleet().add("a", "b");

        Routed routed = shard.route("indexed");

        assertThat(routed.pod()).isEqualTo("b");
        assertThat(routed.address()).isEqualTo("10.0.0.2:8000");
        assertThat(routed.fallbackReason()).isNull();
        assertThat(routed.error()).isNull();
        assertThat(routed.headers()).containsExactly(Map.entry("x-asked", "yes"));
        assertThat(shard.counter("indexed", "asked")).isOne();
        assertThat(shard.load().inFlight(shard.pod("b"))).isOne();
        routed.ended(new Usage(1, 2));
        routed.ended();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldRefuseSettingsThatCannotBe() {
        assertThatIllegalArgumentException().isThrownBy(() -> TestShard.builder()
                .router(indexed(), Map.of("first", "one", "second", "2")))
                .withMessageContaining("routers.indexed.first").withMessageContaining("routers.indexed.second");
    }

    @Test
    void shouldSayWhatBecameOfARequestThatTheRouterDidNotDecide() {
        TestShard shard = TestShard.of(
                always("abstains", context -> context.abstain("bored")),
                always("throws", context -> {
                    throw new IllegalStateException("no luck");
                }),
                always("sheds", context -> context.fail(ErrorCode.SHED)));
        shard.fleet().add("a");

        assertThat(shard.route("abstains").fallbackReason()).isEqualTo("bored");
        assertThat(shard.route("throws").fallbackReason()).isEqualTo("router_failed");
        Routed shed = shard.route("sheds");
        assertThat(shed.error()).isEqualTo(ErrorCode.SHED);
        assertThat(shed.pod()).isNull();
        assertThat(shard.failures("throws")).isOne();
        assertThat(shard.fallbacks("bored")).isOne();
        assertThat(shed).hasToString("request request-1 for m: SHED");
    }

    @Test
    void shouldWaitForALaterAnswer() {
        TestShard shard = TestShard.of(always("later", held::add));
        shard.fleet().add("a", "b");
        Routed routed = shard.submit("later", FakeRequest.plain());
        shard.serve();
        assertThat(routed.answered()).isFalse();
        assertThatThrownBy(routed::pod).isInstanceOf(AssertionError.class).hasMessageContaining("answered 0 times");

        held.getFirst().select(held.getFirst().candidates().get(1));
        shard.serve();

        assertThat(routed.pod()).isEqualTo("b");
        assertThatThrownBy(() -> shard.route("later")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("not answered");
    }

    @Test
    void shouldGiveUpAtTheDeadlineAsTheProxyDoes() {
        TestShard shard = TestShard.of(always("never", held::add));
        shard.fleet().add("a");
        Routed routed = shard.submit("never", FakeRequest.plain());
        shard.advance(Duration.ofMillis(4_999));
        assertThat(routed.answered()).isFalse();

        shard.advance(Duration.ofMillis(1));

        assertThat(routed.pod()).isEqualTo("a");
        assertThat(routed.fallbackReason()).isEqualTo("deadline");
        assertThat(held.getFirst().revoked()).isTrue();
        assertThat(held.getFirst().select(shard.pod("a"))).isFalse();
    }

    @Test
    void shouldLetAClientGoAway() {
        TestShard shard = TestShard.of(always("later", held::add));
        shard.fleet().add("a");
        Routed routed = shard.submit("later", FakeRequest.plain());
        shard.serve();

        assertThat(routed.cancel()).isTrue();

        assertThat(held.getFirst().revoked()).isTrue();
        shard.advance(Duration.ofMinutes(1));
        assertThat(routed.answered()).isFalse();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldWakeRoutersWhenTheirTimeComes() {
        List<Long> woken = new ArrayList<>();
        TestShard shard = TestShard.of(new Provider("sleepy", environment -> {
            environment.wakeAt(environment.nanoTime() + 2_000_000_000L);
            return new Router() {
                @Override
                public void route(RoutingContext context) {
                    context.abstain("asleep");
                }

                @Override
                public void woken(long nowNanos) {
                    woken.add(nowNanos);
                }
            };
        }));
        shard.fleet().add("a");
        assertThat(shard.nextWakeUp()).isNull();
        shard.route("sleepy");
        assertThat(shard.nextWakeUp()).isEqualTo(Duration.ofSeconds(2));

        shard.advance(Duration.ofSeconds(2));

        assertThat(woken).containsExactly(shard.clock().nanoTime());
        assertThat(shard.nextWakeUp()).isNull();
    }

    @Test
    void shouldRepeatChoicesOfOneSeed() {
        RouterProvider random = new Provider("random", environment -> context -> context.select(
                context.candidates().get(environment.random().nextInt(context.candidates().size()))));
        List<List<String>> runs = new ArrayList<>();
        for (long seed : new long[] {7, 7, 8}) {
            TestShard shard = TestShard.builder().seed(seed).router(random).build();
            shard.fleet().add("a", "b", "c", "d");
            List<String> pods = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                pods.add(String.valueOf(shard.route("random").pod()));
            }
            runs.add(pods);
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1)).isNotEqualTo(runs.get(2));
    }

    @Test
    void shouldShowTheFleetAsItIsDescribed() {
        TestShard shard = TestShard.of(always("first", context -> context.select(context.candidates().get(0))));
        shard.fleet().add("a", "b").add("c", "c.engines", 9000, "blue").group("a", "red").label("b", "gpu", "h100")
                .ready("b", false).model("other", "c");
        PodView before = shard.pod("a");
        shard.fleet().replace("a");

        assertThat(shard.route("first").pod()).as("the first pod of the first group").isEqualTo("c");
        assertThat(shard.pod("c").address()).isEqualTo("c.engines:9000");
        assertThat(shard.pod("b").labels()).containsEntry("gpu", "h100");
        assertThat(shard.pod("a").sameEndpoint(before)).isFalse();
        assertThat(shard.pod("a").group()).isEqualTo("red");
        assertThat(shard.route("first", FakeRequest.plain().withModel("none")).error())
                .isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        shard.load().gauge(shard.pod("c"), Gauge.WAITING, 3);
        assertThat(shard.load().gauge(shard.pod("c"), Gauge.WAITING)).isEqualTo(3);
        assertThat(shard.load().gauge(shard.pod("a"), Gauge.WAITING)).isNaN();
        assertThatIllegalArgumentException().isThrownBy(() -> shard.fleet().add("a"));
        assertThatIllegalArgumentException().isThrownBy(() -> shard.fleet().remove("d"));
    }

    @Test
    void shouldLetReportsGrowOldWhereTheTestSaysWhenTheyCame() {
        TestShard shard = TestShard.of(indexed());
        shard.fleet().add("a", "b");
        PodView told = shard.pod("a");
        shard.load().gauge(told, Gauge.WAITING, 3).gauge(shard.pod("b"), Gauge.WAITING, 3)
                .reportedAt(told, shard.clock().nanoTime());

        shard.advance(Duration.ofMillis(700));

        assertThat(shard.load().gaugeAgeNanos(told, Gauge.WAITING)).isEqualTo(700_000_000);
        assertThat(shard.load().gaugeAgeNanos(told, Gauge.RUNNING)).as("not reported").isNaN();
        assertThat(shard.load().gaugeAgeNanos(shard.pod("b"), Gauge.WAITING)).as("always new").isZero();
    }

    @Test
    void shouldMakeRequestsOfAnyKind() {
        FakeRequest request = FakeRequest.plain().withId("r").withUser("ann").withPrompt("Hello").withMaxTokens(9)
                .withPriority(2).withSlo(5, 6).withPrefixHashes(1, 2).withTokens(3).withArrivalNanos(4).streaming();

        assertThat(request.user()).isEqualTo("ann");
        assertThat(request.prompt()).isEqualTo("Hello");
        assertThat(request.bodyBytes()).isEqualTo(5);
        assertThat(request.maxTokens()).isEqualTo(9);
        assertThat(request.priority()).isEqualTo(2);
        assertThat(request.sloFirstTokenNanos()).isEqualTo(5);
        assertThat(request.sloPerTokenNanos()).isEqualTo(6);
        assertThat(request.prefixHashes()).containsExactly(1, 2);
        assertThat(request.tokens()).containsExactly(3);
        assertThat(request.stream()).isTrue();
        assertThat(FakeRequest.plain().user()).as("the one it was made of").isNull();
    }
}
