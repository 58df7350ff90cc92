package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.figures.FiguresFolder;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.stat.EndpointSample;
import dev.penstock.server.stat.FleetSample;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunningFiguresTest {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long SECOND = 1_000_000_000L;

    private long now = 100 * SECOND;
    private final NanoClock clock = () -> now;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FiguresFolder folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FigureColumns figures;

    @BeforeEach
    void make() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(MEMORY) && Files.getFileStore(MEMORY).type().equals("tmpfs"),
                "no memory file system");
        folder = new FiguresFolder(Files.createTempDirectory(MEMORY, "penstock-test"));
        figures = FigureColumns.mapped(folder.free(), 64, clock, 10 * SECOND, GpuProfiles.NONE);
    }

    @AfterEach
    void remove() throws IOException {
        figures.close();
        Files.delete(folder.path());
    }

    private PodView come(int slot, boolean ready) {
        PodView pod = Pod.of(new PodIdentity("ns", "p" + slot, "u" + slot), "h", 8000, slot, 1, "", "vllm", ready,
                Map.of(), Map.of());
        figures.prepare(slot, 1);
        figures.describe(pod, Set.of("m"), Set.of("m"));
        return pod;
    }

    private List<EndpointSample> sample() throws IOException {
        try (RunningFigures running = RunningFigures.find(folder, null, clock)) {
            return running.sample().endpoints();
        }
    }

    @Test
    void shouldShowWhatTheProcessKnows() throws IOException {
        PodView pod = come(2, true);
        figures.addInFlight(pod, 4);
        figures.addPendingTokens(pod, 99);
        figures.reportGauge(pod, Gauge.WAITING, 3, now);
        figures.reportGauge(pod, Gauge.RUNNING, Double.NaN, now);
        now += 11 * SECOND;
        figures.reportGauge(pod, Gauge.KV_CACHE_USAGE, 0.25, now);
        now += SECOND;

        try (RunningFigures running = RunningFigures.find(folder, ProcessHandle.current().pid(), clock)) {
            FleetSample sample = running.sample();
            assertThat(sample.uptimeNanos()).isEqualTo(12 * SECOND);
            EndpointSample only = sample.endpoints().getFirst();
            assertThat(only.identity()).isEqualTo(new EndpointSample.Identity(2, 1, "ns", "p2", "h:8000", "u2",
                    List.of("m"), 1));
            assertThat(only.inFlight()).isEqualTo(4);
            assertThat(only.begun()).isEqualTo(4);
            assertThat(only.pendingTokens()).isEqualTo(99);
            assertThat(only.gauge(Gauge.KV_CACHE_USAGE)).isEqualTo(0.25);
            assertThat(only.gauge(Gauge.WAITING)).as("too old").isNaN();
            assertThat(only.gauges().get(Gauge.WAITING)).isEqualTo(new EndpointSample.Reported(3, 12 * SECOND, false));
            assertThat(only.gauges()).doesNotContainKey(Gauge.RUNNING);
            assertThat(only.gaugesAgeNanos()).isEqualTo(SECOND);
            assertThat(only.ageNanos()).isEqualTo(12 * SECOND);
        }
    }

    @Test
    void shouldTellEachState() throws IOException {
        PodView ready = come(0, true);
        come(1, false);
        PodView leaving = come(2, true);
        figures.addInFlight(leaving, 1);
        now += 5 * SECOND;
        figures.leave(2, 1);
        PodView gone = come(3, true);
        figures.leave(gone.slot(), 1);
        assertThat(figures.retire(gone.slot(), 1)).isTrue();
        now += SECOND;

        assertThat(sample()).extracting(EndpointSample::state).containsExactly(EndpointSample.State.READY,
                EndpointSample.State.NOT_READY, EndpointSample.State.LEAVING);
        assertThat(sample()).extracting(EndpointSample::stateAgeNanos).containsExactly(6 * SECOND, 6 * SECOND, SECOND);

        figures.health().show(ready, Health.State.EJECTED, 502, 5, 1, now, now + SECOND);
        now += 2 * SECOND;
        assertThat(sample().getFirst().state()).isEqualTo(EndpointSample.State.EJECTED);
        assertThat(sample().getFirst().stateAgeNanos()).isEqualTo(2 * SECOND);
        figures.health().show(ready, Health.State.PROBING, 502, 5, 1, now, now);
        assertThat(sample().getFirst().state()).isEqualTo(EndpointSample.State.PROBING);
        figures.health().show(ready, Health.State.COOLING_DOWN, 429, 1, 1, now, now);
        assertThat(sample().getFirst().state()).isEqualTo(EndpointSample.State.COOLING_DOWN);
        figures.health().show(ready, Health.State.READY, 502, 5, 1, now, now);
        now += SECOND;
        assertThat(sample().getFirst().stateAgeNanos()).as("ready again").isEqualTo(SECOND);
    }

    @Test
    void shouldTellWhyThereIsNothingToSee() throws IOException {
        assertThatThrownBy(() -> RunningFigures.find(folder, 1L, clock)).isInstanceOf(IOException.class)
                .hasMessage("process 1 shows no figures in " + folder.path() + "; these do: ["
                        + ProcessHandle.current().pid() + "]");
        assertThatThrownBy(() -> RunningFigures.find(new FiguresFolder(folder.path().resolve("none")), null, clock))
                .hasMessageStartingWith("no running Penstock shows its figures in ");
        assertThatThrownBy(() -> RunningFigures.of(folder.path().resolve("none")))
                .isInstanceOf(NoSuchFileException.class).hasMessageEndingWith("none does not exist");

        try (RunningFigures running = RunningFigures.find(folder, null, clock)) {
            figures.close();
            assertThatThrownBy(running::sample).isInstanceOf(IOException.class)
                    .hasMessage("process " + ProcessHandle.current().pid() + " has ended");
        }
    }

    @Test
    void shouldShowTheNewestOfSeveral() throws IOException {
        now += SECOND;
        come(0, true);
        try (FigureColumns newer = FigureColumns.mapped(folder.free(), 64, clock, SECOND, GpuProfiles.NONE);
                RunningFigures running = RunningFigures.find(folder, null, clock)) {
            assertThat(newer.times()).isNotNull();
            assertThat(running.sample().endpoints()).as("the newer one has none").isEmpty();
            assertThat(running.others()).containsExactly(ProcessHandle.current().pid());
        }
    }
}
