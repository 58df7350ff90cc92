package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.Scorer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrategyCatalogTest {

    private static String items(String text) {
        List<StrategyExpression.Item> items = StrategyCatalog.items(text);
        return items == null ? "invalid"
                : items.stream().map(item -> item.name() + "=" + item.weight()).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "prefix-cache | prefix-cache=1",
        "prefix-cache,least-latency | prefix-cache=1 least-latency=1",
        "prefix-cache:6,least-latency:4 | prefix-cache=6 least-latency=4",
        "prefix-cache:3,least-latency | prefix-cache=3 least-latency=1",
        "prefix-cache:0,least-latency:10 | least-latency=10",
        "least-request:2,pd:1,throughput:3 | pd=1",
        "slo-least-load:1,least-latency:2 | slo-least-load=1",
        "pd:7 | pd=1",
        "pd:0,least-request | least-request=1",
        "a:1000000 | a=1000000",
        "a,a:2 | a=1 a=2",
        "' a : 2 , b ' | a=2 b=1",
        "'' | invalid",
        "'   ' | invalid",
        "a,,b | invalid",
        "a, | invalid",
        ",a | invalid",
        "a:1:2 | invalid",
        "a:0.5 | invalid",
        "a:-1 | invalid",
        "a:+1 | invalid",
        "a: | invalid",
        ":1 | invalid",
        "a:1000001 | invalid",
        "a:99999999999999999999 | invalid",
        "a:0,b:0 | invalid"})
    void shouldReadWhatAibrixReads(String text, String expected) {
        assertThat(items(text)).isEqualTo(expected);
    }

    private static StrategyCatalog catalog(RouterProvider... providers) {
        List<Strategy> strategies = new ArrayList<>();
        for (RouterProvider provider : providers) {
            strategies.add(Strategy.of(provider, PluginSettings.read(provider.name(), List.of(), Map.of()), true,
                    "test"));
        }
        return new StrategyCatalog(strategies);
    }

    private static StrategyCatalog some() {
        return catalog(ScriptedProvider.of("plain", context -> {}), ScriptedProvider.scorer("s1", Scorer.Polarity.MOST),
                ScriptedProvider.scorer("s2", Scorer.Polarity.LEAST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "s1", "plain:4", "s1,s2", "s1:3,s2:0", "plain:1,s1:0"})
    void shouldTakeOnePlainRouterOrManyScorers(String text) {
        StrategyExpression parsed = some().parse(text);
        assertThat(parsed).isNotNull();
        assertThat(parsed.names()).hasSameSizeAs(parsed.items());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain,s1", "s1,plain", "s1,unknown", "unknown", "s1,,s2", "", "S1"})
    void shouldRefuseTheRest(String text) {
        assertThat(some().parse(text)).isNull();
    }

    @Test
    void shouldRefuseAVeryLongText() {
        assertThat(some().parse("s1" + ",s1".repeat(200))).isNull();
    }

    @Test
    void shouldRememberAnExpressionButNotWithoutBound() {
        StrategyCatalog catalog = some();
        assertThat(catalog.parse("s1,s2")).isSameAs(catalog.parse("s1,s2"));
        IntStream.range(1, 5_000).forEach(i -> assertThat(catalog.parse("s1:" + i + ",s2")).isNotNull());
        assertThat(catalog.parse("s1:4999,s2")).isNotSameAs(catalog.parse("s1:4999,s2"));
    }

    @Test
    void shouldNameBothSourcesOfADuplicate() {
        RouterProvider provider = ScriptedProvider.of("twice", context -> {});
        PluginSettings none = PluginSettings.read("twice", List.of(), Map.of());
        assertThatThrownBy(() -> new StrategyCatalog(List.of(Strategy.of(provider, none, true, "a.jar"),
                Strategy.of(provider, none, true, "b.jar"))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll("a.jar", "b.jar");
    }

    @Test
    void shouldGatherTheNeedsOfAllParts() {
        StrategyCatalog catalog = catalog(ScriptedProvider.needing("text", Needs.TEXT),
                ScriptedProvider.needing("h64", Needs.hashes(64)), ScriptedProvider.needing("h128", Needs.hashes(128)),
                ScriptedProvider.needing("t1", Needs.tokens("one")),
                ScriptedProvider.needing("t2", Needs.tokens("two")));
        StrategyExpression all = catalog.parse("text,h64,t1,h64");
        assertThat(all).isNotNull();
        assertThat(all.needs()).isEqualTo(new Needs(true, 64, "one"));
        assertThat(catalog.parse("h64,h128")).isNull();
        assertThat(catalog.parse("t1,t2")).isNull();
    }

    @Test
    void shouldAskAProviderOnlyWhenItIsLoaded() {
        AtomicInteger asked = new AtomicInteger();
        RouterProvider provider = new RouterProvider() {
            @Override
            public String name() {
                return "counting";
            }

            @Override
            public Needs needs() {
                asked.incrementAndGet();
                return Needs.TEXT;
            }

            @Override
            public boolean scores() {
                asked.incrementAndGet();
                return true;
            }

            @Override
            public Router create(RouterEnvironment environment) {
                return context -> context.abstain("counting");
            }
        };
        StrategyCatalog catalog = catalog(provider);
        assertThat(asked).hasValue(2);
        for (int weight = 1; weight <= 2_000; weight++) {
            StrategyExpression parsed = catalog.parse("counting:" + weight + ",counting");
            assertThat(parsed).isNotNull();
            assertThat(parsed.needs()).isEqualTo(Needs.TEXT);
        }
        assertThat(asked).hasValue(2);
    }

    @Test
    @SuppressWarnings("NullAway") // a plugin that is compiled without checks may answer null
    void shouldRefuseAStrategyWithoutNeeds() {
        RouterProvider provider = ScriptedProvider.needing("careless", null);
        PluginSettings none = PluginSettings.read("careless", List.of(), Map.of());
        assertThatThrownBy(() -> Strategy.of(provider, none, true, "a.jar")).hasMessageContaining("careless");
    }

    @Test
    void shouldNeverThrow() {
        Random random = new Random(11);
        StrategyCatalog catalog = some();
        String alphabet = "s12plain:,0 \u00e9-\t";
        for (int i = 0; i < 20_000; i++) {
            String text = Stream.generate(() -> alphabet.charAt(random.nextInt(alphabet.length())))
                    .limit(random.nextInt(16)).map(String::valueOf).collect(Collectors.joining());
            StrategyExpression parsed = catalog.parse(text);
            if (parsed != null) {
                assertThat(parsed.items()).isNotEmpty().allMatch(item -> item.weight() > 0);
            }
        }
    }
}
