package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.keys.KeySettings;
import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.RequestLimits;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Origin;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.server.tokens.TokenizerSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SurroundingsTest {
    private static final Setting<Long> SCRAPE = Setting.duration("scrape.interval", "1s", false, "test");
    private static final Setting<Boolean> KUBERNETES = Setting.flag("kubernetes.enabled", false, false, "test");
    private static final Setting<String> FILE = Setting.text("discovery.file", "", false, "test");
    private static final Setting<String> REDIS = Setting.text("redis.url", "", false, "test");
    private static final Setting<String> REDIS_PASSWORD = Setting.text("redis.password", "", false, "test");
    private static final List<Setting<?>> KNOWN = known();

    private static List<Setting<?>> known() {
        List<Setting<?>> known = new ArrayList<>(ServerSettings.all());
        known.addAll(List.of(SCRAPE, KUBERNETES, FILE, REDIS, REDIS_PASSWORD));
        known.addAll(KeySettings.ALL);
        known.addAll(TokenizerSettings.ALL);
        return known;
    }

    private static Settings conclude(Map<String, String> variables, ConfigFile file, Map<String, Source> flags) {
        return new Surroundings(variables, true).conclude(KNOWN, file, flags);
    }

    private static Settings.Entry entry(Settings settings, Setting<?> setting) {
        return Objects.requireNonNull(settings.entry(setting.name()));
    }

    @Test
    void shouldListenWhereAibrixDoesAndSayWhy() {
        Settings settings = conclude(Map.of(), ConfigFile.EMPTY, Map.of());

        assertThat(settings.get(ServerSettings.PORT)).isEqualTo(10_080);
        assertThat(settings.get(ServerSettings.ADMIN_PORT)).isEqualTo(8_080);
        assertThat(settings.get(ServerSettings.ADMIN_HOST)).isEqualTo("0.0.0.0");
        assertThat(entry(settings, ServerSettings.PORT).where()).isEqualTo("--aibrix");
        assertThat(entry(settings, ServerSettings.PORT).origin()).isEqualTo(Origin.DEFAULT);
    }

    @Test
    void shouldRouteAsEnvoyDoesWhereNothingNamesAStrategy() {
        assertThat(conclude(Map.of(), ConfigFile.EMPTY, Map.of()).get(LiveSettings.STRATEGY))
                .isEqualTo("least-request");
        assertThat(conclude(Map.of("ROUTING_ALGORITHM", "random"), ConfigFile.EMPTY, Map.of())
                .get(LiveSettings.STRATEGY)).isEqualTo("random");
    }

    @Test
    void shouldLetFileVariableAndFlagDecideOverTheDefaults() {
        Settings settings = conclude(Map.of("PENSTOCK_ADMIN_PORT", "2"), ConfigFile.parse("f", "listen.port: 1"),
                Map.of("admin.host", new Source("127.0.0.1", "--set admin.host")));

        assertThat(settings.get(ServerSettings.PORT)).isEqualTo(1);
        assertThat(settings.get(ServerSettings.ADMIN_PORT)).isEqualTo(2);
        assertThat(settings.get(ServerSettings.ADMIN_HOST)).isEqualTo("127.0.0.1");
    }

    @Test
    void shouldFindPodsInKubernetesUnlessTheyAreListed() {
        assertThat(conclude(Map.of(), ConfigFile.EMPTY, Map.of()).get(KUBERNETES)).isTrue();
        assertThat(conclude(Map.of(), ConfigFile.parse("f", "models: []"), Map.of()).get(KUBERNETES)).isFalse();
        assertThat(conclude(Map.of(), ConfigFile.parse("f", "discovery.file: x"), Map.of()).get(KUBERNETES)).isFalse();
        assertThat(conclude(Map.of("PENSTOCK_DISCOVERY_FILE", "x"), ConfigFile.EMPTY, Map.of()).get(KUBERNETES))
                .isFalse();
        assertThat(conclude(Map.of(), ConfigFile.EMPTY, Map.of("discovery.file", new Source("x", "flag")))
                .get(KUBERNETES)).isFalse();
    }

    @Test
    void shouldTakeVariablesAsOtherNamesAndShowThem() {
        Settings settings = conclude(Map.of("ROUTING_ALGORITHM", "random",
                "AIBRIX_POD_METRIC_REFRESH_INTERVAL_MS", "50", "AIBRIX_GRPC_MAX_MESSAGE_SIZE_BYTES", "4194304"),
                ConfigFile.parse("f", "routing.strategy: round-robin"), Map.of());

        assertThat(settings.get(LiveSettings.STRATEGY)).isEqualTo("random");
        assertThat(entry(settings, LiveSettings.STRATEGY).where()).isEqualTo("environment ROUTING_ALGORITHM");
        assertThat(entry(settings, LiveSettings.STRATEGY).origin()).isEqualTo(Origin.ENVIRONMENT);
        assertThat(settings.get(SCRAPE)).isEqualTo(50_000_000);
        assertThat(settings.get(RequestLimits.BODY)).isEqualTo(4 << 20);
    }

    @Test
    void shouldAskForTheKeyThatAibrixAskedForAndPassItOn() {
        Settings settings = conclude(Map.of("AIBRIX_AUTH_BEARER_TOKEN", " s3cret "), ConfigFile.EMPTY, Map.of());

        assertThat(settings.get(KeySettings.SHARED)).isEqualTo("s3cret");
        assertThat(entry(settings, KeySettings.SHARED).setting().secret()).isTrue();
        assertThat(settings.get(KeySettings.FORWARD)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"character,-,characters", "tiktoken,-,cl100k_base", "remote,-,remote",
        "tiktoken,true,remote", "tiktoken,false,cl100k_base", "-,true,remote", "-,false,auto", "-,-,auto"})
    void shouldTakeTheTokenizerOfAibrix(@Nullable String type, @Nullable String remote, String expected) {
        Map<String, String> variables = new HashMap<>();
        variables.put("AIBRIX_PREFIX_CACHE_TOKENIZER_TYPE", Objects.requireNonNullElse(type, ""));
        variables.put("AIBRIX_PREFIX_CACHE_USE_REMOTE_TOKENIZER", Objects.requireNonNullElse(remote, ""));
        assertThat(conclude(variables, ConfigFile.EMPTY, Map.of()).get(TokenizerSettings.DEFAULT)).isEqualTo(expected);
    }

    @Test
    void shouldAskTheTokenizerThatAibrixNames() {
        Settings settings = conclude(Map.of("AIBRIX_PREFIX_CACHE_REMOTE_TOKENIZER_ENDPOINT", "http://tokens:8000",
                "AIBRIX_TOKENIZER_REQUEST_TIMEOUT", "5"), ConfigFile.EMPTY, Map.of());

        assertThat(settings.get(TokenizerSettings.REMOTE_URL)).isEqualTo("http://tokens:8000");
        assertThat(settings.get(TokenizerSettings.REMOTE_DEADLINE)).isEqualTo(5_000_000_000L);
    }

    @Test
    void shouldPreferOurOwnVariables() {
        assertThat(conclude(Map.of("ROUTING_ALGORITHM", "random", "PENSTOCK_ROUTING_STRATEGY", "round-robin"),
                ConfigFile.EMPTY, Map.of()).get(LiveSettings.STRATEGY)).isEqualTo("round-robin");
    }

    @Test
    void shouldTakeAnEmptyVariableForNone() {
        assertThat(conclude(Map.of("ROUTING_ALGORITHM", " "), ConfigFile.EMPTY, Map.of()).get(LiveSettings.STRATEGY))
                .isEqualTo("least-request");
    }

    @Test
    void shouldNameEachVariableThatIsWrong() {
        assertThatThrownBy(() -> conclude(Map.of("AIBRIX_POD_METRIC_REFRESH_INTERVAL_MS", "often",
                "AIBRIX_GRPC_MAX_MESSAGE_SIZE_BYTES", "-1", "AIBRIX_AUTH_BEARER_TOKEN", "my secret"), ConfigFile.EMPTY,
                Map.of()))
                .hasMessageContaining("environment AIBRIX_POD_METRIC_REFRESH_INTERVAL_MS: scrape.interval: often")
                .hasMessageContaining("environment AIBRIX_GRPC_MAX_MESSAGE_SIZE_BYTES: limits.body: -1")
                .hasMessageContaining("environment AIBRIX_AUTH_BEARER_TOKEN: keys.shared (expected: one key")
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldTellWhatItPassesOverAndWhy() {
        Surroundings surroundings = new Surroundings(Map.of("REDIS_HOST", "redis", "REDIS_PORT", "6379",
                "AIBRIX_STATESYNC_SYNC_PERIOD", "10s", "AIBRIX_ROUTER_PREBLE_TARGET_GPU", "V100",
                "AIBRIX_NEW_THING", "1", "REDIS_TLS", "1", "AIBRIX_GATEWAY_SERVICE_HOST", "10.0.0.1",
                "AIBRIX_GATEWAY_PORT", "tcp://10.0.0.1:80", "ROUTING_ALGORITHM", "random", "PATH", "/bin"), true);

        assertThat(surroundings.passedOver(KNOWN)).containsExactlyInAnyOrder(
                "environment: passed over: AIBRIX_STATESYNC_SYNC_PERIOD (replicas tell each other within"
                        + " replicas.period)",
                "environment: passed over: AIBRIX_ROUTER_PREBLE_TARGET_GPU"
                        + " (a setting of one strategy: routers.<strategy>)",
                "environment: passed over: AIBRIX_NEW_THING, REDIS_TLS (not known)");
    }

    @Test
    void shouldJoinWhatTheySayOfRedis() {
        Settings said = conclude(Map.of("REDIS_HOST", "redis-master", "REDIS_PORT", "6380", "REDIS_DATABASE", "2",
                "REDIS_PASSWORD", "secret"), ConfigFile.EMPTY, Map.of());

        assertThat(said.get(REDIS)).isEqualTo("redis://redis-master:6380/2");
        assertThat(entry(said, REDIS).where()).isEqualTo("environment REDIS_HOST, REDIS_PORT, REDIS_DATABASE");
        assertThat(said.get(REDIS_PASSWORD)).isEqualTo("secret");
        assertThat(REDIS_PASSWORD.secret()).isTrue();
        // Kubernetes makes such a variable of a service by the name of redis.
        assertThat(conclude(Map.of("REDIS_HOST", "fd00::1", "REDIS_PORT", "tcp://10.0.0.1:6379"), ConfigFile.EMPTY,
                Map.of()).get(REDIS)).isEqualTo("redis://[fd00::1]");
        assertThat(conclude(Map.of("REDIS_PORT", "6379"), ConfigFile.EMPTY, Map.of()).get(REDIS)).isEmpty();
        assertThat(conclude(Map.of("REDIS_HOST", "theirs"), ConfigFile.EMPTY,
                Map.of("redis.url", new Source("redis://ours", "--set"))).get(REDIS)).isEqualTo("redis://ours");
    }

    @Test
    void shouldReadWhatTheySayOfStrategies() {
        Map<String, String> variables = Map.of("AIBRIX_KV_CONNECTOR_TYPE", "nixl", "AIBRIX_PROMPT_LENGTH_BUCKETING",
                "T", "AIBRIX_DECODE_LB_WEIGHT_RUNNING", " ", "AIBRIX_ROUTER_X", "5");

        assertThat(new Surroundings(variables, true).routers()).isEqualTo(Map.of("pd", Map.of(
                "connector", new Source("nixl", "environment AIBRIX_KV_CONNECTOR_TYPE"),
                "prompt-length-bucketing", new Source("true", "environment AIBRIX_PROMPT_LENGTH_BUCKETING"))));
        assertThat(new Surroundings(variables, false).routers()).isEmpty();
        assertThat(new Surroundings(variables, true).passedOver(KNOWN)).containsExactly(
                "environment: passed over: AIBRIX_ROUTER_X (a setting of one strategy: routers.<strategy>)");
    }

    @Test
    void shouldReadNoneOfTheirsWithoutTheFlag() {
        Surroundings surroundings = new Surroundings(Map.of("ROUTING_ALGORITHM", "random", "REDIS_HOST", "redis",
                "AIBRIX_AUTH_BEARER_TOKEN", "secret"), false);

        Settings settings = surroundings.conclude(KNOWN, ConfigFile.EMPTY, Map.of());
        assertThat(settings.get(LiveSettings.STRATEGY)).isEqualTo(LiveSettings.STRATEGY.defaultText());
        assertThat(settings.get(ServerSettings.PORT)).isEqualTo(8_080);
        assertThat(surroundings.passedOver(KNOWN)).isEmpty();
    }
}
