package dev.penstock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.discovery.FleetFile;
import dev.penstock.cache.gpu.GpuProfileSettings;
import dev.penstock.cache.scrape.EngineAccess;
import dev.penstock.cache.trace.TraceSettings;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.port.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each role starts, and what it does not. */
@Timeout(30)
@Isolated("counts threads")
class CacheRoleTest {

    private static final TraceSettings TRACES = new TraceSettings(true, 60_000_000_000L, true);

    @TempDir
    private Path directory;

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();
    private final Set<String> series = new ConcurrentSkipListSet<>();

    /** The threads that have come since, by name. */
    private Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> !before.contains(thread))
                .map(Thread::getName).filter(name -> name.startsWith("lb-"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private FleetCache.Builder builder(CacheRole role) throws IOException {
        Path models = Files.writeString(directory.resolve("models.yaml"),
                "models: [{name: m, endpoints: [127.0.0.1]}]");
        return FleetCache.builder(role).modelsFile(models, FleetFile.Scope.WHOLE).metrics(new Metrics() {
            @Override
            public Count counter(String name, String help, String... labels) {
                series.add(name);
                return Metrics.NONE.counter(name, help, labels);
            }

            @Override
            public void gauge(String name, String help, DoubleSupplier value, String... labels) {
                series.add(name);
            }

            @Override
            public void gauges(String name, String help, String label, int most,
                    Supplier<? extends Map<String, ? extends Number>> values) {
                series.add(name);
            }
        });
    }

    private GpuProfileSettings profiles(Path file) {
        return new GpuProfileSettings(file.toString(), 1_000_000_000, false);
    }

    private static EngineMetricsSettings engines() {
        return EngineMetricsSettings.from(Settings.conclude(EngineMetricsSettings.ALL, Map.of(), Map.of(), Map.of()),
                EngineAccess.PLAIN);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTROLLER", "METADATA"})
    void shouldStartNothingAboutRequestsButForAGateway(CacheRole role) throws IOException {
        try (FleetCache cache = builder(role).gpuProfiles(profiles(directory.resolve("none.yaml")))
                .engineMetrics(engines()).traces(TRACES, () -> TraceSteps.ALL_ON).start()) {
            assertThat(cache.traces()).isEmpty();
            assertThat(threads()).containsExactly("lb-cache", "lb-discovery");
            assertThat(series).as("numbers of parts that there are not").isEmpty();
            assertThat(cache.models()).containsExactly("m");
            String start = "a cache for " + role + " keeps no ";
            assertThatThrownBy(cache::figures).isInstanceOf(IllegalStateException.class).hasMessage(start + "figures");
            assertThatThrownBy(cache::metrics).isInstanceOf(IllegalStateException.class).hasMessage(start + "figures");
            assertThatThrownBy(cache::tracker).isInstanceOf(IllegalStateException.class).hasMessage(start + "requests");
            assertThatThrownBy(cache::pins).isInstanceOf(IllegalStateException.class).hasMessage(start + "pins");
            assertThatThrownBy(cache::health).isInstanceOf(IllegalStateException.class).hasMessage(start + "health");
            assertThatThrownBy(cache::gpuProfiles).isInstanceOf(IllegalStateException.class)
                    .hasMessage(start + "GPU profiles");
            assertThat(cache.gpuProfileErrors()).isEmpty();
        }
        assertThat(threads()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CacheRole.class)
    void shouldLookForNobodyWhereNoSourceIsNamed(CacheRole role) {
        FleetCache cache = FleetCache.builder(role).start();
        assertThat(threads()).containsExactly("lb-cache");
        cache.close();
        assertThat(threads()).isEmpty();
    }

    @Test
    void shouldStartAllForAGateway() throws IOException {
        Path file = Files.writeString(directory.resolve("profiles.yaml"),
                "{model: m, gpu: g, indexes: [[1], [1]], tputs: [[2]], e2e: [[1]]}");
        try (FleetCache cache = builder(CacheRole.GATEWAY).gpuProfiles(profiles(file))
                .engineMetrics(engines()).traces(TRACES, () -> TraceSteps.ALL_ON).start()) {
            assertThat(threads()).containsExactly("lb-cache", "lb-discovery", "lb-profiles", "lb-scrape", "lb-trace");
            assertThat(series).contains("penstock_model_pending");
            assertThat(cache.gpuProfiles().find("m", "g")).isNotNull();
            assertThat(cache.tracker().pending()).isZero();
            assertThat(cache.pins().find("unknown")).isNull();
            assertThat(cache.health().out()).isZero();
            assertThat(cache.figures().inFlight(cache.pod("standalone", "127.0.0.1-8000"))).isZero();
        }
        assertThat(threads()).isEmpty();
    }

    @Test
    void shouldTraceNothingUntilSomethingIsToBeCollected() throws IOException {
        AtomicReference<TraceSteps> steps = new AtomicReference<>(new TraceSteps(false, false, true, true));
        try (FleetCache cache = builder(CacheRole.GATEWAY).traces(TRACES, steps::get).start()) {
            cache.tracker().begin("r", "m").done();
            assertThat(threads()).containsExactly("lb-cache", "lb-discovery");
            assertThat(series).noneMatch(name -> name.contains("trace"));
            steps.set(TraceSteps.ALL_ON);
            while (!threads().contains("lb-trace")) {
                Thread.onSpinWait();
            }
            assertThat(series).contains("penstock_trace_records_lost_total");
        }
        assertThat(threads()).isEmpty();
    }

    @Test
    void shouldStartNothingWhereTracesAreOff() throws IOException {
        try (FleetCache cache = builder(CacheRole.GATEWAY).traces(TraceSettings.OFF, () -> TraceSteps.ALL_ON).start()) {
            cache.tracker().begin("r", "m").done();
            assertThat(cache.traces()).isEmpty();
            assertThat(threads()).containsExactly("lb-cache", "lb-discovery");
            assertThat(series).noneMatch(name -> name.contains("trace"));
        }
    }

    @Test
    void shouldNotStartAGatewayWithoutItsProfiles() throws IOException {
        FleetCache.Builder builder = builder(CacheRole.GATEWAY).gpuProfiles(profiles(directory.resolve("none.yaml")));
        assertThatThrownBy(builder::start).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(directory.resolve("none.yaml") + ": no such file");
        assertThat(threads()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CacheRole.class)
    void shouldMakeAFiguresFileForAGatewayOnly(CacheRole role) throws IOException {
        Path memory = Path.of("/dev/shm");
        Assumptions.assumeTrue(Files.isDirectory(memory) && Files.getFileStore(memory).type().equals("tmpfs"),
                "no memory file system");
        Path file = Files.createTempFile(memory, "penstock-role", ".test");
        Files.delete(file);
        Settings settings = Settings.conclude(CacheSettings.ALL, Map.of(), Map.of(),
                Map.of("figures.file", new Settings.Source(file.toString(), "test"),
                        "cache.max-endpoints", new Settings.Source("16", "test")));
        try (FleetCache cache = builder(role).settings(CacheSettings.from(settings)).start()) {
            assertThat(cache.hasModel("m")).isTrue();
            assertThat(Files.exists(file)).isEqualTo(role == CacheRole.GATEWAY);
        }
        assertThat(file).doesNotExist();
    }
}
