package dev.penstock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.spi.Gauge;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeLoad;
import org.junit.jupiter.api.Test;

class FleetMetricsTest {

    private final FakeFleet fleet = new FakeFleet().add("p", "10.0.0.1", 8000, "").add("q").model("n", "q");
    private final FakeLoad load = new FakeLoad();
    private final FleetMetrics metrics = new FleetMetrics(EngineParts.snapshots(fleet), load);

    @Test
    void shouldReadAPod() {
        load.inFlight(fleet.pod("p"), 3).gauge(fleet.pod("p"), Gauge.WAITING, 2).completionRate(fleet.pod("p"), 1.5);
        assertThat(metrics.ofPod("default", "p", "realtime_num_requests_running")).isEqualTo(3);
        assertThat(metrics.ofPod("default", "p", "num_requests_waiting")).isEqualTo(2);
        assertThat(metrics.ofPod("default", "p", "realtime_running_requests_drain_rate_1m")).isEqualTo(1.5);
        assertThat(metrics.ofPod("default", "q", "realtime_num_requests_running")).isZero();
    }

    @Test
    void shouldReadAPort() {
        load.inFlight(fleet.pod("p"), 3);
        assertThat(metrics.ofPod("default", "p", "realtime_num_requests_running/8000")).isEqualTo(3);
        assertThatThrownBy(() -> metrics.ofPod("default", "p", "realtime_num_requests_running/8001"))
                .isInstanceOf(MetricNotFoundException.class)
                .hasMessage("no metric available for p - realtime_num_requests_running/8001");
    }

    @Test
    void shouldReadAModelOnAPod() {
        load.gauge(fleet.pod("q"), "n", Gauge.RUNNING, 5).gauge(fleet.pod("q"), Gauge.RUNNING, 7);
        assertThat(metrics.ofModel("default", "q", "n", "num_requests_running")).isEqualTo(5);
        assertThat(metrics.ofModel("default", "q", FakeFleet.MODEL, "num_requests_running")).isEqualTo(7);
        assertThat(metrics.ofPod("default", "q", "num_requests_running")).isEqualTo(7);
    }

    @Test
    void shouldSayWhatThereIsNot() {
        assertThatThrownBy(() -> metrics.ofPod("default", "x", "num_requests_running"))
                .isInstanceOf(UnknownPodException.class);
        assertThatThrownBy(() -> metrics.ofPod("other", "p", "num_requests_running"))
                .isInstanceOf(UnknownPodException.class);
        assertThatThrownBy(() -> metrics.ofPod("default", "p", "num_requests_running"))
                .as("never reported").isInstanceOf(MetricNotFoundException.class)
                .hasMessage("no metric available for p - num_requests_running");
        assertThatThrownBy(() -> metrics.ofPod("default", "p", "made_up")).isInstanceOf(MetricNotFoundException.class);
        assertThatThrownBy(() -> metrics.ofPod("default", "p", "realtime_normalized_pendings"))
                .as("no profile").isInstanceOf(MetricNotFoundException.class);
        assertThatThrownBy(() -> metrics.ofModel("default", "p", "x", "num_requests_running"))
                .isInstanceOf(UnknownModelException.class);
        assertThatThrownBy(() -> metrics.ofModel("default", "p", "n", "num_requests_running"))
                .as("not served there").isInstanceOf(MetricNotFoundException.class)
                .hasMessage("no metric available for p - n/num_requests_running");
    }
}
