package dev.penstock.cache.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.GpuProfile;
import dev.penstock.testkit.HandClock;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedisGpuProfilesTest {

    private static final String AS_AIBRIX_WRITES_IT = """
            {"gpu": "simulator-a100", "cost": 1.5, "tputs": [[10.0, 9.0], [8.0, 7.0]],
             "indexes": [[4, 8], [128, 256]], "created": 1735689600.5, "e2e": [[0.5, 0.6], [0.7, 0.8]],
             "ttft": [[0.1, 0.2], [0.1, 0.2]], "tpot": [[0.01, 0.02], [0.01, 0.02]],
             "slos": {"percentile": 99, "tput": null, "tt": null, "e2e": 5.0, "ttft": null, "tpat": null, "tpot": null}}
            """;
    private static final String KEY = "aibrix:profile_org/llama_3-8b:v1_simulator-a100";

    private final RedisServer server = RedisServer.start();
    private final Redis redis = Redis.open(new RedisSettings(server.url(), "one", Duration.ofSeconds(2).toNanos()),
            NanoClock.SYSTEM, Metrics.NONE);
    private final GpuProfileStore store = new GpuProfileStore();
    private final HandClock clock = new HandClock();
    private final RedisGpuProfiles profiles = new RedisGpuProfiles(redis, store, clock::nanoTime);

    @BeforeEach
    void awaitUp() {
        while (!redis.up()) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void close() {
        redis.close();
        server.close();
    }

    @Test
    void shouldLearnWhatAibrixHasWrittenAndForgetWhatItHasRemoved() throws Exception {
        answer(commands -> commands.set(KEY, AS_AIBRIX_WRITES_IT));
        look();

        GpuProfile profile = store.find("org/llama_3-8b:v1", "simulator-a100");
        assertThat(profile).isNotNull();
        assertThat(profile.cost()).isEqualTo(1.5);
        assertThat(profile.created()).isEqualTo(1735689600.5);
        assertThat(profile.targets().e2e()).isEqualTo(5);
        assertThat(store.all()).singleElement().extracting(GpuProfileStore.Known::source).isEqualTo("redis");

        answer(commands -> commands.del(KEY));
        look();

        assertThat(store.all()).isEmpty();
    }

    @Test
    void shouldTakeTheNewestProfileOfAllSources() throws Exception {
        store.replace("file", profile("1735689700"));
        answer(commands -> commands.set(KEY, AS_AIBRIX_WRITES_IT));
        look();
        assertThat(store.all()).singleElement().extracting(GpuProfileStore.Known::source).isEqualTo("file");

        answer(commands -> commands.set(KEY, AS_AIBRIX_WRITES_IT.replace("1735689600.5", "1735689800")));
        look();
        assertThat(store.all()).singleElement().extracting(GpuProfileStore.Known::source).isEqualTo("redis");
    }

    @Test
    void shouldKeepTheLastGoodProfileOfAKeyThatMakesNoSenseAnyMore() throws Exception {
        answer(commands -> commands.set(KEY, AS_AIBRIX_WRITES_IT));
        look();

        for (String garbage : List.of("{", "[]", "1", "{\"gpu\": \"other\"}",
                "x".repeat(RedisGpuProfiles.LONGEST + 9))) {
            answer(commands -> commands.set(KEY, garbage));
            look();
            assertThat(store.all()).as(garbage.substring(0, Math.min(20, garbage.length()))).hasSize(1);
        }
        answer(commands -> commands.del(KEY));
        answer(commands -> commands.lpush(KEY, "of another type"));
        look();
        assertThat(store.all()).hasSize(1);
    }

    @Test
    void shouldReadTheGoodOnesBesideGarbage() throws Exception {
        answer(commands -> commands.set("aibrix:profile_m_g", "nonsense"));
        answer(commands -> commands.lpush("aibrix:profile_m_h", "of another type"));
        answer(commands -> commands.set("aibrix:profile_", "{}"));
        answer(commands -> commands.set(KEY, AS_AIBRIX_WRITES_IT));
        for (int i = 0; i < 1_200; i++) {
            int number = i;
            answer(commands -> commands.set("other:" + number, "text"));
        }
        look();

        assertThat(store.all()).hasSize(1);
    }

    @Test
    void shouldKeepWhatItKnowsWhileRedisIsAway() throws Exception {
        answer(commands -> commands.set(KEY, AS_AIBRIX_WRITES_IT));
        look();
        server.kill();
        clock.advance(Duration.ofSeconds(10));
        profiles.doWork();
        while (profiles.looking()) {
            Thread.onSpinWait();
        }

        assertThat(store.all()).hasSize(1);
    }

    @Test
    void shouldLookEachTenSeconds() {
        look();
        assertThat(profiles.doWork()).isZero();
        assertThat(profiles.restNanos()).isEqualTo(RedisGpuProfiles.INTERVAL_NANOS);
    }

    private static List<GpuProfile> profile(String created) {
        String text = AS_AIBRIX_WRITES_IT.replace("1735689600.5", created);
        GpuProfileReader.Result result = GpuProfileReader.parse(text, "test", group -> "org/llama_3-8b:v1");
        return ((GpuProfileReader.Parsed) result).profiles();
    }

    private void look() {
        clock.advance(Duration.ofSeconds(10));
        assertThat(profiles.doWork()).isEqualTo(1);
        while (profiles.looking()) {
            Thread.onSpinWait();
        }
    }

    private <T> void answer(Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command)
            throws Exception {
        redis.call("test", command).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
