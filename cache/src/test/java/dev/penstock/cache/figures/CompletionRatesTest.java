package dev.penstock.cache.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionRatesTest {

    private static final long SECOND = 1_000_000_000L;

    private long now = Long.MAX_VALUE - 3 * SECOND; // clocks may wrap
    private final FakeFleet fleet = new FakeFleet();
    private final SnapshotSource snapshots = EngineParts.snapshots(fleet);
    private final FigureColumns figures = FigureColumns.direct(64, () -> now, SECOND, GpuProfiles.NONE);
    private final CompletionRates rates = new CompletionRates(figures, snapshots, () -> now);

    private PodView add(String name) {
        fleet.add(name);
        PodView pod = fleet.pod(name);
        figures.prepare(pod.slot(), pod.generation());
        return pod;
    }

    private void seconds(int seconds, PodView pod, int eachSecond) {
        for (int i = 0; i < seconds; i++) {
            for (int request = 0; request < eachSecond; request++) {
                figures.completed(pod);
            }
            now += SECOND;
            rates.doWork();
        }
    }

    @Test
    void shouldWaitForTenSeconds() {
        PodView pod = add("p");
        rates.doWork();
        seconds(9, pod, 3);
        assertThat(figures.completionRate(pod)).isNaN();
        seconds(1, pod, 3);
        assertThat(figures.completionRate(pod)).isCloseTo(3, within(1e-9));
    }

    @Test
    void shouldTellTheLastMinute() {
        PodView pod = add("p");
        rates.doWork();
        seconds(120, pod, 6);
        assertThat(figures.completionRate(pod)).isCloseTo(6, within(1e-9));
        seconds(30, pod, 0);
        assertThat(figures.completionRate(pod)).isCloseTo(3, within(1e-9));
        seconds(30, pod, 0);
        assertThat(figures.completionRate(pod)).isZero();
    }

    @Test
    void shouldBeginAnewWithEachPod() {
        PodView old = add("p");
        rates.doWork();
        seconds(60, old, 5);
        fleet.replace("p");
        PodView next = fleet.pod("p");
        assertThat(next.slot()).isEqualTo(old.slot());
        figures.prepare(next.slot(), next.generation());
        assertThat(figures.completionRate(next)).isNaN();
        seconds(5, next, 1);
        assertThat(figures.completionRate(next)).isNaN();
        seconds(10, next, 1);
        assertThat(figures.completionRate(next)).isCloseTo(1, within(1e-9));
    }

    @Test
    void shouldKeepEndpointsApart() {
        PodView one = add("p");
        PodView other = add("q");
        rates.doWork();
        seconds(20, one, 4);
        assertThat(figures.completionRate(one)).isCloseTo(4, within(1e-9));
        assertThat(figures.completionRate(other)).isZero();
    }

    @Test
    void shouldRestUntilTheNextSample() {
        assertThat(rates.restNanos()).as("no endpoint").isEqualTo(Long.MAX_VALUE);
        PodView pod = add("p");
        assertThat(rates.restNanos()).isZero();
        assertThat(rates.doWork()).isEqualTo(1);
        assertThat(rates.restNanos()).isEqualTo(CompletionRates.INTERVAL_NANOS);
        assertThat(rates.doWork()).isZero();
        now += CompletionRates.INTERVAL_NANOS;
        assertThat(rates.restNanos()).isZero();
        fleet.remove(pod.name());
        assertThat(rates.restNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(rates.doWork()).isZero();
    }

    @Test
    void shouldDivideByTheTimeThatReallyPassed() {
        PodView pod = add("p");
        rates.doWork();
        for (int i = 0; i < 40; i++) {
            figures.completed(pod);
        }
        now += 20 * SECOND; // lb-cache was late
        rates.doWork();
        assertThat(figures.completionRate(pod)).isCloseTo(2, within(1e-9));
    }

    @Test
    void shouldDropWhatComesTooLate() {
        PodView pod = add("p");
        PodView gone = Pod.of(new PodIdentity("default", "p", "u0"), "h", 1, pod.slot(), pod.generation() - 1, "",
                "vllm", true, Map.of(), Map.of());
        figures.completed(gone);
        assertThat(figures.loads().completed(pod)).isZero();
    }
}
