package dev.penstock.cache.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.Figures;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.Health;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureColumnsTest {

    private static final long MAX_AGE = 1_000;

    private long now = Long.MAX_VALUE - 500;
    private final Set<String> profiled = new HashSet<>();
    private final GpuProfiles profiles = new GpuProfiles() {
        @Override
        public @Nullable GpuProfile find(String model, String group) {
            return null;
        }

        @Override
        public boolean tellLoadOf(String group) {
            return profiled.contains(group);
        }
    };
    private final FigureColumns figures = FigureColumns.direct(4096, () -> now, MAX_AGE, profiles);

    private static PodView endpoint(int slot, int generation) {
        return Pod.of(new PodIdentity("ns", "p", "u"), "h", 8000, slot, generation, "", "vllm", true, Map.of(),
                Map.of());
    }

    private PodView prepared(int slot, int generation) {
        figures.prepare(slot, generation);
        return endpoint(slot, generation);
    }

    @Test
    void shouldBeginWithNothing() {
        PodView endpoint = prepared(3_000, 1);

        assertThat(figures.inFlight(endpoint)).isZero();
        assertThat(figures.pendingTokens(endpoint)).isZero();
        for (Gauge gauge : Gauge.values()) {
            assertThat(figures.gauge(endpoint, gauge)).isNaN();
            assertThat(figures.gaugeAgeNanos(endpoint, gauge)).isNaN();
        }
    }

    @Test
    void shouldKeepFiguresOfNeighborsApart() {
        PodView[] all = new PodView[2_100];
        for (int slot = 0; slot < all.length; slot++) {
            all[slot] = prepared(slot, 1);
            figures.addInFlight(all[slot], slot);
            figures.addPendingTokens(all[slot], 10L * slot);
            figures.addPendingLoad(all[slot], 100L * slot);
            figures.reportPendingLoadRemote(all[slot], 1_000L * slot);
            for (int i = 0; i < slot % 7; i++) {
                figures.completed(all[slot]);
            }
            figures.loads().showRate(all[slot], slot + 0.5);
            figures.reportInFlightRemote(all[slot], 1);
            for (Gauge gauge : Gauge.values()) {
                figures.reportGauge(all[slot], gauge, slot + gauge.metric().hashCode(), now);
            }
        }
        for (int slot = 0; slot < all.length; slot++) {
            assertThat(figures.inFlightLocal(all[slot])).isEqualTo(slot);
            assertThat(figures.inFlight(all[slot])).isEqualTo(slot + 1);
            assertThat(figures.pendingTokens(all[slot])).isEqualTo(10L * slot);
            assertThat(figures.loads().pendingLocal(all[slot])).isEqualTo(100L * slot);
            assertThat(figures.loads().pendingRemote(all[slot])).isEqualTo(1_000L * slot);
            assertThat(figures.loads().completed(all[slot])).isEqualTo(slot % 7);
            assertThat(figures.completionRate(all[slot])).isEqualTo(slot + 0.5);
            for (Gauge gauge : Gauge.values()) {
                assertThat(figures.gauge(all[slot], gauge)).isEqualTo(slot + gauge.metric().hashCode());
            }
        }
    }

    @Test
    void shouldForgetAGaugeThatIsTooOld() {
        PodView endpoint = prepared(0, 1);
        figures.reportGauge(endpoint, Gauge.KV_CACHE_USAGE, 0.5, now);

        now += MAX_AGE; // beyond the largest number: clocks may wrap
        assertThat(figures.gauge(endpoint, Gauge.KV_CACHE_USAGE)).isEqualTo(0.5);
        assertThat(figures.gaugeAgeNanos(endpoint, Gauge.KV_CACHE_USAGE)).isEqualTo(MAX_AGE);
        now += 1;
        assertThat(figures.gauge(endpoint, Gauge.KV_CACHE_USAGE)).isNaN();
        assertThat(figures.gaugeAgeNanos(endpoint, Gauge.KV_CACHE_USAGE)).isEqualTo(MAX_AGE + 1);
    }

    @Test
    void shouldFallBackFromAdapterToBaseModelToEndpoint() {
        PodView endpoint = prepared(2_500, 1);
        Model base = model("base", "base");
        Model adapter = model("adapter", "base");
        figures.reportGauge(endpoint, Gauge.WAITING, 9, now);
        assertThat(figures.gauge(endpoint, adapter, Gauge.WAITING)).isEqualTo(9);

        figures.reportGauge(endpoint, "base", Gauge.WAITING, 4, now - 10);
        assertThat(figures.gauge(endpoint, adapter, Gauge.WAITING)).isEqualTo(4);
        assertThat(figures.gaugeAgeNanos(endpoint, adapter, Gauge.WAITING)).isEqualTo(10);
        figures.reportGauge(endpoint, "adapter", Gauge.WAITING, 1, now - 20);
        assertThat(figures.gauge(endpoint, adapter, Gauge.WAITING)).isEqualTo(1);
        assertThat(figures.gaugeAgeNanos(endpoint, adapter, Gauge.WAITING)).isEqualTo(20);
        assertThat(figures.gauge(endpoint, base, Gauge.WAITING)).isEqualTo(4);
        assertThat(figures.gauge(endpoint, Gauge.WAITING)).isEqualTo(9);
        assertThat(figures.gauge(endpoint, adapter, Gauge.RUNNING)).isNaN();
        assertThat(figures.gaugeAgeNanos(endpoint, adapter, Gauge.RUNNING)).isNaN();

        now += MAX_AGE - 20 + 1; // the adapter's own is too old now
        assertThat(figures.gauge(endpoint, adapter, Gauge.WAITING)).isEqualTo(4);
        figures.reportGauge(endpoint, "base", Gauge.WAITING, Double.NaN, now);
        assertThat(figures.gauge(endpoint, adapter, Gauge.WAITING)).isEqualTo(9);
    }

    @Test
    void shouldNotShowTheModelsOfOneGenerationToTheNext() {
        PodView before = prepared(3, 1);
        Model model = model("m", "m");
        figures.reportGauge(before, "m", Gauge.WAITING, 1, now);
        PodView after = prepared(3, 2);
        assertThat(figures.gauge(after, model, Gauge.WAITING)).isNaN();

        figures.reportGauge(before, "m", Gauge.WAITING, 2, now);
        assertThat(figures.gauge(after, model, Gauge.WAITING)).isNaN();
        figures.reportGauge(after, "m", Gauge.WAITING, 3, now);
        assertThat(figures.gauge(after, model, Gauge.WAITING)).isEqualTo(3);
    }

    @Test
    void shouldTellOnlySoManyModelsOfAnEndpointApart() {
        PodView endpoint = prepared(0, 1);
        figures.reportGauge(endpoint, Gauge.RUNNING, -1, now);
        for (int i = 0; i <= ModelGauges.MOST_MODELS; i++) {
            figures.reportGauge(endpoint, "m" + i, Gauge.RUNNING, i, now);
        }
        for (int i = 0; i < ModelGauges.MOST_MODELS; i++) {
            assertThat(figures.gauge(endpoint, model("m" + i, "m" + i), Gauge.RUNNING)).isEqualTo(i);
        }
        String tooMany = "m" + ModelGauges.MOST_MODELS;
        assertThat(figures.gauge(endpoint, model(tooMany, tooMany), Gauge.RUNNING)).isEqualTo(-1);
    }

    private static Model model(String name, String base) {
        return new Model(name, base, EndpointList.of(List.of()), EndpointList.of(List.of()), 0, null, null);
    }

    @Test
    void shouldNotEndAGenerationWithRequestsInFlight() {
        PodView endpoint = prepared(0, 1);
        figures.addInFlight(endpoint, 1);
        assertThat(figures.retire(0, 1)).isFalse();

        figures.addInFlight(endpoint, -1);
        assertThat(figures.retire(0, 1)).isTrue();

        figures.addInFlight(endpoint, 1);
        assertThat(figures.inFlight(endpoint)).isZero();
        assertThat(figures.inFlight(prepared(0, 2))).isZero();
    }

    @Test
    void shouldTellLoadOfProfiledGroupsOnly() {
        PodView endpoint = prepared(5, 1);
        figures.addInFlight(endpoint, 1);
        figures.addPendingLoad(endpoint, Figures.LOAD_UNIT / 4);
        figures.reportPendingLoadRemote(endpoint, Figures.LOAD_UNIT / 2);
        assertThat(figures.pendingLoad(endpoint)).isNaN();
        profiled.add("");
        assertThat(figures.pendingLoad(endpoint)).isEqualTo(0.75);
        figures.addPendingLoad(endpoint, -Figures.LOAD_UNIT / 4);
        assertThat(figures.pendingLoad(endpoint)).isEqualTo(0.5);
    }

    @Test
    void shouldShowNothingOfAnotherGeneration() {
        profiled.add("");
        PodView old = prepared(5, 1);
        figures.addInFlight(old, 1);
        figures.addPendingLoad(old, 7);
        figures.completed(old);
        figures.loads().showRate(old, 3);
        figures.reportPendingLoadRemote(old, 9);
        figures.addPendingLoad(old, -7);
        figures.addInFlight(old, -1);
        assertThat(figures.retire(5, 1)).isTrue();
        PodView next = prepared(5, 2);
        figures.addPendingLoad(old, 7);
        figures.completed(old);
        figures.reportPendingLoadRemote(old, 9);
        assertThat(figures.pendingLoad(next)).isZero();
        assertThat(figures.loads().completed(next)).isZero();
        assertThat(figures.completionRate(next)).isNaN();
    }

    @Test
    void shouldTellItsOwnDrainRateWhereTheEngineDoesNot() {
        PodView endpoint = prepared(5, 1);
        assertThat(figures.gauge(endpoint, Gauge.DRAIN_RATE)).isNaN();
        figures.loads().showRate(endpoint, 3);
        assertThat(figures.gauge(endpoint, Gauge.DRAIN_RATE)).isEqualTo(3);
        assertThat(figures.gauge(endpoint, Gauge.RUNNING)).isNaN();
        figures.reportGauge(endpoint, Gauge.DRAIN_RATE, 8, now);
        assertThat(figures.gauge(endpoint, Gauge.DRAIN_RATE)).isEqualTo(8);
        now += MAX_AGE + 1;
        assertThat(figures.gauge(endpoint, Gauge.DRAIN_RATE)).isEqualTo(3);
    }

    @Test
    void shouldKeepEachPartOfHealthApart() {
        HealthColumns health = figures.health();
        PodView endpoint = prepared(7, 3);
        health.show(endpoint, Health.State.EJECTED, 599, HealthColumns.MOST_FAILURES, 63, 5, 6);
        assertThat(health.state(endpoint)).isEqualTo(Health.State.EJECTED);
        assertThat(health.cause(endpoint)).isEqualTo(599);
        assertThat(health.failures(endpoint)).isEqualTo(HealthColumns.MOST_FAILURES);
        assertThat(health.ejections(endpoint)).isEqualTo(63);
        assertThat(health.since(endpoint)).isEqualTo(5);
        assertThat(health.until(endpoint)).isEqualTo(6);
        assertThat(health.fail(endpoint, 599, 1)).isEqualTo(1);
        assertThat(health.fail(endpoint, 1, 5_000)).isEqualTo(HealthColumns.MOST_FAILURES);
        assertThat(HealthColumns.failures(health.told(endpoint))).isEqualTo(HealthColumns.MOST_FAILURES);
        assertThat(HealthColumns.cause(health.told(endpoint))).isEqualTo(1);
        health.watch(endpoint, true);
        for (int i = 1; i <= 600; i++) {
            int probe = health.takeProbe(endpoint);
            assertThat(probe).isBetween(1, 255);
            assertThat(health.takeProbe(endpoint)).isEqualTo(Health.NO_PROBE);
            assertThat(health.returnProbe(endpoint, probe)).isTrue();
        }
        health.watch(endpoint, false);
        assertThat(health.untroubled(endpoint)).as("a number of a probe is nothing against it").isTrue();
        assertThat(health.takeProbe(endpoint)).isEqualTo(Health.NO_PROBE);
        assertThat(health.untroubled(prepared(8, 1))).isTrue();
        health.overload(endpoint, 503, 1_000_000_000_000L);
        assertThat(health.overloaded(endpoint)).isTrue();
        assertThat(health.takeOverload(endpoint) & 0x3ff).isEqualTo(503);
        assertThat(health.takeOverload(endpoint)).isZero();
    }

    @Test
    void shouldTakeACountBelowZeroForABug() {
        PodView endpoint = prepared(0, 1);

        assertThatThrownBy(() -> figures.addInFlight(endpoint, -1)).isInstanceOf(AssertionError.class)
                .hasMessage("more requests ended than began: h:8000");
    }

    @Test
    void shouldShowItsFiguresToOthersThroughAFile() throws IOException {
        Path memory = Path.of("/dev/shm");
        Assumptions.assumeTrue(Files.isDirectory(memory) && Files.getFileStore(memory).type().equals("tmpfs"),
                "no memory file system");
        Path file = Files.createTempFile(memory, "penstock-figures", ".test");
        FigureColumns mapped = FigureColumns.mapped(file, 2_000, () -> now, MAX_AGE, profiles);
        try {
            mapped.prepare(1_500, 7);
            PodView endpoint = endpoint(1_500, 7);
            FiguresFile seen = FiguresFile.open(file);
            mapped.addInFlight(endpoint, 2);
            mapped.addPendingTokens(endpoint, 30);
            mapped.reportInFlightRemote(endpoint, 4);
            mapped.reportGauge(endpoint, Gauge.WAITING, 5.5, now);

            assertThat(seen.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(seen.capacity()).isEqualTo(2_048);
            assertThat(seen.slots()).isEqualTo(2_048);
            assertThat(seen.begun(1_500)).isEqualTo(2);
            assertThat(seen.name(1_500, 7)).as("nobody was described").isNull();
            assertThat(seen.generation(1_500)).isEqualTo(7);
            assertThat(seen.generation(1_499)).isZero();
            assertThat(seen.inFlightLocal(1_500)).isEqualTo(2);
            assertThat(seen.inFlightRemote(1_500)).isEqualTo(4);
            assertThat(seen.pendingTokens(1_500)).isEqualTo(30);
            mapped.addPendingLoad(endpoint, Figures.LOAD_UNIT / 2);
            mapped.reportPendingLoadRemote(endpoint, Figures.LOAD_UNIT);
            mapped.completed(endpoint);
            assertThat(seen.completionRate(1_500)).isNaN();
            mapped.loads().showRate(endpoint, 2.5);
            assertThat(seen.pendingLoad(1_500)).isEqualTo(0.5);
            assertThat(seen.pendingLoadRemote(1_500)).isEqualTo(1);
            assertThat(seen.completed(1_500)).isEqualTo(1);
            assertThat(seen.completionRate(1_500)).isEqualTo(2.5);
            assertThat(seen.gauge(1_500, Gauge.WAITING)).isEqualTo(5.5);
            assertThat(seen.gauge(1_500, Gauge.RUNNING)).isNaN();
            assertThat(seen.health(1_500)).isEqualTo(Health.State.READY);
            mapped.health().show(endpoint, Health.State.PROBING, 502, 1, 3, now, now);
            assertThat(seen.health(1_500)).isEqualTo(Health.State.PROBING);
        } finally {
            mapped.close();
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldRefuseAFileThatIsNotInMemory(@TempDir Path directory) throws IOException {
        Assumptions.assumeFalse(Files.getFileStore(directory).type().equals("tmpfs"), "all in memory here");

        assertThatThrownBy(() -> FigureColumns.mapped(directory.resolve("figures"), 64, () -> now, MAX_AGE, profiles))
                .isInstanceOf(IOException.class).hasMessageContaining("not in memory; try /dev/shm");
        assertThatThrownBy(() -> FigureColumns.mapped(directory.resolve("none/figures"), 64, () -> now, MAX_AGE,
                profiles))
                .isInstanceOf(IOException.class).hasMessageContaining("no such directory");
    }

    @Test
    void shouldRefuseToReadAnotherFile(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("other"), new byte[8_192]);

        assertThatThrownBy(() -> FiguresFile.open(file)).isInstanceOf(IOException.class)
                .hasMessage(file + " is no figures file");
    }
}
