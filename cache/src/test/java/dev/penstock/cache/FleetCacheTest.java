package dev.penstock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.discovery.FleetFile;
import dev.penstock.cache.discovery.InvalidFleetException;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(30)
@Isolated("counts threads")
class FleetCacheTest {

    private static final String TWO_MODELS = """
            models:
              - name: llama-3-8b
                endpoints: [10.0.0.1, "10.0.0.2:8001"]
                aliases: [gpt-4]
                labels: {app.kubernetes.io/name: blue}
              - name: qwen
                endpoints: [10.0.0.2:8001]
                labels: {app.kubernetes.io/name: blue}
                strategy: random
            """;

    @TempDir
    private Path directory;

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("models.yaml"), text);
    }

    @Test
    void shouldKnowItsFleetWhenStarted() throws IOException {
        Path file = write(TWO_MODELS);
        try (FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).modelsFile(file, FleetFile.Scope.WHOLE).start()) {
            assertThat(cache.models()).containsExactly("gpt-4", "llama-3-8b", "qwen");
            assertThat(cache.hasModel("gpt-4")).isTrue();
            assertThat(cache.hasModel("gpt-5")).isFalse();
            assertThat(cache.podsByModel("llama-3-8b").size()).isEqualTo(2);
            assertThat(cache.podsByModel("llama-3-8b").groupName(0)).isEqualTo("blue");
            PodView pod = cache.pod("standalone", "10.0.0.2-8001");
            assertThat(pod.address()).isEqualTo("10.0.0.2:8001");
            assertThat(cache.modelsByPod("standalone", "10.0.0.2-8001")).containsExactly("gpt-4", "llama-3-8b", "qwen");
            assertThat(cache.state().sources()).allMatch(source -> source.good());
            assertThat(cache.state().version()).isEqualTo(1);
        }
    }

    @Test
    void shouldTellUnknownNames() {
        try (FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).start()) {
            assertThatThrownBy(() -> cache.podsByModel("m")).isInstanceOf(UnknownModelException.class)
                    .hasMessage("model does not exist in the cache: m");
            assertThatThrownBy(() -> cache.pod("ns", "p")).isInstanceOf(UnknownPodException.class)
                    .hasMessage("pod does not exist in the cache: ns/p");
            assertThatThrownBy(() -> cache.modelsByPod("ns", "p")).isInstanceOf(UnknownPodException.class);
        }
    }

    @Test
    void shouldFollowTheFileAndCountAcrossTheEdit() throws Exception {
        Path file = write(TWO_MODELS);
        Settings settings = Settings.conclude(CacheSettings.ALL, Map.of(), Map.of(),
                Map.of("discovery.interval", new Settings.Source("20ms", "test"),
                        "discovery.file", new Settings.Source(file.toString(), "test")));
        try (FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).settings(CacheSettings.from(settings)).start()) {
            PodView before = cache.pod("standalone", "10.0.0.1-8000");
            cache.figures().addInFlight(before, 1);
            CountDownLatch edited = new CountDownLatch(1);
            cache.onPublish(() -> {
                if (cache.hasModel("phi")) {
                    edited.countDown();
                }
            });

            write(TWO_MODELS + "  - name: phi\n    endpoints: [10.0.0.1]\n");

            assertThat(edited.await(20, TimeUnit.SECONDS)).isTrue();
            PodView after = cache.pod("standalone", "10.0.0.1-8000");
            assertThat(after.sameEndpoint(before)).isTrue();
            assertThat(cache.figures().inFlight(after)).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseToStartWithoutItsFile() {
        FleetCache.Builder builder = FleetCache.builder(CacheRole.GATEWAY)
                .modelsFile(directory.resolve("none.yaml"), FleetFile.Scope.WHOLE);

        assertThatThrownBy(builder::start).isInstanceOf(InvalidFleetException.class)
                .hasMessage(directory.resolve("none.yaml") + ": no such file");
    }

    @Test
    void shouldRefuseTwoFiles() throws IOException {
        Path file = write(TWO_MODELS);
        Settings settings = Settings.conclude(CacheSettings.ALL, Map.of(), Map.of(),
                Map.of("discovery.file", new Settings.Source("other.yaml", "test")));
        FleetCache.Builder builder = FleetCache.builder(CacheRole.GATEWAY).settings(CacheSettings.from(settings))
                .modelsFile(file, FleetFile.Scope.SECTION);

        assertThatThrownBy(builder::start).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("discovery.file names other.yaml");
    }

    @Test
    void shouldMakeRatesOfWhatEndpointsComplete() throws IOException {
        Path file = write(TWO_MODELS);
        AtomicLong now = new AtomicLong();
        try (FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).modelsFile(file, FleetFile.Scope.WHOLE)
                .clock(now::get).start()) {
            PodView busy = cache.pod("standalone", "10.0.0.1-8000");
            PodView idle = cache.pod("standalone", "10.0.0.2-8001");
            while (Double.isNaN(cache.figures().completionRate(busy))
                    || Double.isNaN(cache.figures().completionRate(idle))) {
                cache.figures().completed(busy);
                now.addAndGet(1_000_000_000);
                cache.proxy().wake();
                Thread.onSpinWait();
            }
            assertThat(cache.figures().completionRate(busy)).isPositive();
            assertThat(cache.figures().completionRate(idle)).isZero();
            assertThat(cache.metrics().ofPod("standalone", "10.0.0.1-8000", "realtime_running_requests_drain_rate_1m"))
                    .isPositive();
        }
    }

    @Test
    void shouldGroupByTheLabelThatIsSet() throws IOException {
        Path file = write("""
                models:
                  - name: m
                    endpoints:
                      - {name: a, address: "10.0.0.1:8000", labels: {zone: east, app.kubernetes.io/name: blue}}
                      - {name: b, address: "10.0.0.2:8000", labels: {zone: west, app.kubernetes.io/name: blue}}
                      - {name: c, address: "10.0.0.3:8000", labels: {app.kubernetes.io/name: blue}}
                """);
        Settings settings = Settings.conclude(CacheSettings.ALL, Map.of(), Map.of(),
                Map.of("cache.group-by", new Settings.Source("zone", "test")));
        try (FleetCache cache = FleetCache.builder(CacheRole.METADATA).settings(CacheSettings.from(settings))
                .modelsFile(file, FleetFile.Scope.WHOLE).start()) {
            Candidates pods = cache.podsByModel("m");
            assertThat(pods.groups()).isEqualTo(3);
            assertThat(List.of(pods.groupName(0), pods.groupName(1), pods.groupName(2)))
                    .containsExactly("", "east", "west");
            assertThat(pods.get(pods.groupStart(1)).name()).isEqualTo("a");
            assertThat(cache.pod("standalone", "c").group()).isEmpty();
        }
        try (FleetCache cache = FleetCache.builder(CacheRole.METADATA).modelsFile(file, FleetFile.Scope.WHOLE)
                .start()) {
            assertThat(cache.podsByModel("m").groups()).isEqualTo(1);
            assertThat(cache.podsByModel("m").groupName(0)).isEqualTo("blue");
        }
    }

    @Test
    void shouldLeaveNoThread() throws IOException {
        Path file = write(TWO_MODELS);
        FleetCache.builder(CacheRole.GATEWAY).modelsFile(file, FleetFile.Scope.WHOLE).start().close();

        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("lb-"));
    }
}
