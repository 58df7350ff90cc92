package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every strategy of the distribution that scores works in expressions and pipelines with every other one. */
class ExpressionsTest {

    private static List<RouterProvider> providers() {
        return ServiceLoader.load(RouterProvider.class).stream().map(ServiceLoader.Provider::get).toList();
    }

    private static List<String> scorers() {
        return providers().stream().filter(RouterProvider::scores).map(RouterProvider::name).sorted().toList();
    }

    /** AIBrix takes these alone, whatever stands beside them. */
    private static boolean alone(String name) {
        return name.equals("pd") || name.startsWith("slo");
    }

    static Stream<String> pairs() {
        List<String> pairs = new ArrayList<>();
        for (String one : scorers()) {
            for (String other : scorers()) {
                if (!alone(one) && !alone(other)) {
                    pairs.add(one + ":3," + other + ":1");
                }
            }
        }
        return pairs.stream();
    }

    private static FakeRequest request() {
        return FakeRequest.plain().withUser("ann").withPrefixHashes(1, 2, 3, 4).withSessionKey("s");
    }

    private static StrategyCatalog catalog() {
        return new StrategyCatalog(providers().stream().map(provider -> Strategy.of(provider,
                PluginSettings.read(provider.name(), provider.settings(), Map.of()), true, "test")).toList());
    }

    @Test
    void shouldRouteByEachPairWithWeights() {
        TestShard shard = TestShard.of(providers().toArray(RouterProvider[]::new));
        shard.fleet().add("p1", "p2", "p3");
        shard.load().inFlight(shard.pod("p2"), 2).inFlight(shard.pod("p3"), 5);

        assertThat(pairs()).isNotEmpty().allSatisfy(pair -> {
            Routed routed = shard.route(pair, request());
            assertThat(routed.pod()).as(pair).isIn("p1", "p2", "p3");
            assertThat(routed.fallbackReason()).as(pair).isNull();
            routed.ended();
        });
        assertThat(scorers()).allSatisfy(name -> assertThat(shard.failures(name)).as(name).isZero());
    }

    static Stream<RouterProvider> others() {
        return providers().stream().filter(provider -> !provider.scores() && !alone(provider.name()));
    }

    @ParameterizedTest
    @MethodSource("others")
    void shouldRefuseAnExpressionWithOneThatDoesNotScore(RouterProvider provider) {
        assertThat(catalog().parse(provider.name() + ":1,least-request:1")).isNull();
        assertThat(catalog().parse("least-request:1," + provider.name() + ":1")).isNull();
    }

    @Test
    void shouldServeEachScorerInAPipelineWithEachPiece() {
        List<String> filters = providers().stream().filter(RouterProvider::filters).map(RouterProvider::name).toList();
        List<String> pickers = providers().stream().filter(RouterProvider::picks).map(RouterProvider::name).toList();
        for (String picker : pickers) {
            TestShard.Builder builder = TestShard.builder();
            providers().forEach(builder::router);
            scorers().forEach(name -> builder.pipeline("with-" + name, filters, Map.of(name, 1), picker));
            TestShard shard = builder.build();
            shard.fleet().add("p1", "p2", "p3");
            for (String name : scorers()) {
                Routed routed = shard.route("with-" + name, request());
                assertThat(routed.fallbackReason()).as(name).isNull();
                routed.ended();
            }
        }
    }
}
