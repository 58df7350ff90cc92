package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.port.Forecasts;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.OutputPredictor;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Axis;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Table;
import dev.penstock.spi.GpuProfile.Targets;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadEstimatesTest {

    private final List<Long> predicted = new ArrayList<>();
    private final AtomicReference<RouterEnvironment> environment = new AtomicReference<>();
    private final TestShard shard = TestShard.of(ScriptedProvider.making("r", given -> {
        environment.set(given);
        return context -> {
            predicted.add(context.predictedOutputTokens());
            context.select(context.candidates().get(0));
        };
    }));

    /** An endpoint carries 10 requests a second; short answers take 0.5 s, long ones 1 s. */
    private static GpuProfile profile(String model, String group) {
        return new GpuProfile(model, group, 0, 0, Axis.of(1, 1024), Axis.of(100),
                Map.of(Measure.THROUGHPUT, Table.of(new double[][] {{10}, {10}}),
                        Measure.E2E, Table.of(new double[][] {{0.5}, {1}})), Targets.NONE);
    }

    private double load(String pod) {
        return shard.load().pendingLoad(shard.pod(pod));
    }

    @Test
    void shouldCountWhatARequestTakesUntilItEnds() {
        shard.fleet().add("p1", "10.0.0.1", 8000, "a100");
        assertThat(load("p1")).isNaN();
        shard.forecasts().profile(profile(FakeFleet.MODEL, "a100"));
        assertThat(load("p1")).isZero();

        Routed first = shard.route("r");
        assertThat(load("p1")).isCloseTo(0.2, within(1e-9));
        shard.forecasts().outputTokens(FakeFleet.MODEL, 1024);
        Routed second = shard.route("r");
        assertThat(load("p1")).isCloseTo(0.3, within(1e-9));
        assertThat(predicted).containsExactly(1L, 1024L);

        first.firstByte();
        first.ended(new Usage(1, 1));
        first.ended(Usage.UNKNOWN);
        assertThat(load("p1")).isCloseTo(0.1, within(1e-9));
        second.ended(Usage.UNKNOWN);
        assertThat(load("p1")).isZero();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldTakeAwayWhatItAddedThoughTheProfileHasGone() {
        shard.fleet().add("p1", "10.0.0.1", 8000, "a100");
        shard.forecasts().profile(profile(FakeFleet.MODEL, "a100"));
        Routed routed = shard.route("r");
        Routed later = shard.route("r");
        shard.forecasts().noProfile(FakeFleet.MODEL, "a100");
        Routed uncounted = shard.route("r");
        routed.ended(Usage.UNKNOWN);
        shard.forecasts().profile(profile(FakeFleet.MODEL, "a100"));
        assertThat(load("p1")).isCloseTo(0.2, within(1e-9));
        uncounted.ended(Usage.UNKNOWN);
        later.ended(Usage.UNKNOWN);
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldCountARequestThatCannotBeCarriedAsAWholeEndpoint() {
        shard.fleet().add("p1", "10.0.0.1", 8000, "a100");
        shard.forecasts().profile(new GpuProfile(FakeFleet.MODEL, "a100", 0, 0, Axis.of(1), Axis.of(1),
                Map.of(Measure.THROUGHPUT, Table.of(new double[][] {{0}}),
                        Measure.E2E, Table.of(new double[][] {{5}})), Targets.NONE));
        shard.route("r");
        assertThat(load("p1")).isEqualTo(1);
    }

    @Test
    void shouldCountNothingWithoutWhatItNeeds() {
        shard.fleet().add("p1", "10.0.0.1", 8000, "a100");
        shard.forecasts().profile(new GpuProfile(FakeFleet.MODEL, "a100", 0, 0, Axis.of(1), Axis.of(1),
                Map.of(Measure.TTFT, Table.of(new double[][] {{5}})), Targets.NONE));
        shard.route("r").ended(Usage.UNKNOWN);
        assertThat(load("p1")).isNaN();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldShowRoutersWhatATestSays() {
        shard.fleet().add("p1", "10.0.0.1", 8000, "a100");
        shard.route("r");
        RouterEnvironment seen = Objects.requireNonNull(environment.get());
        assertThat(seen.gpuProfile(FakeFleet.MODEL, "a100")).isNull();
        assertThat(seen.predictedOutputTokens(FakeFleet.MODEL, 10)).isEqualTo(1);
        GpuProfile profile = profile(FakeFleet.MODEL, "a100");
        shard.forecasts().profile(profile).outputTokens(FakeFleet.MODEL, 64);
        shard.load().pendingLoad(shard.pod("p1"), 0.5).completionRate(shard.pod("p1"), 3);
        assertThat(seen.gpuProfile(FakeFleet.MODEL, "a100")).isEqualTo(profile);
        assertThat(seen.gpuProfile("other", "a100")).isNull();
        assertThat(seen.predictedOutputTokens(FakeFleet.MODEL, 10)).isEqualTo(64);
        assertThat(seen.load().pendingLoad(shard.pod("p1"))).isEqualTo(0.5);
        assertThat(seen.load().completionRate(shard.pod("p1"))).isEqualTo(3);
        assertThat(seen.load().gauge(shard.pod("p1"), Gauge.DRAIN_RATE)).isEqualTo(3);
        shard.load().gauge(shard.pod("p1"), Gauge.DRAIN_RATE, 7);
        assertThat(seen.load().gauge(shard.pod("p1"), Gauge.DRAIN_RATE)).isEqualTo(7);
    }

    @Test
    void shouldTakeTheProfileOfTheBaseModelForAnAdapter() {
        EndpointList none = EndpointList.EMPTY;
        Fleet fleet = new Fleet(1, ModelIndex.of(List.of(new Model("base", "base", none, none, 0, null, null),
                new Model("adapter", "base", none, none, 0, null, null))), new PodView[0][]);
        SnapshotSource source = new SnapshotSource() {
            @Override
            public Fleet current() {
                return fleet;
            }

            @Override
            public void acknowledge(int shard, long version) {}

            @Override
            public void onPublish(Runnable listener) {}
        };
        GpuProfileStub profiles = new GpuProfileStub();
        LoadEstimates estimates = new LoadEstimates(source, new Forecasts(OutputPredictor.NONE, profiles),
                new SplittableRandom(1));
        assertThat(estimates.profile("adapter", "a100")).isNull();
        profiles.known.add(profile("base", "a100"));
        assertThat(estimates.profile("adapter", "a100")).isSameAs(profiles.known.get(0));
        assertThat(estimates.profile("adapter", "l20")).isNull();
        assertThat(estimates.profile("unknown", "a100")).isNull();
        profiles.known.add(profile("adapter", "a100"));
        assertThat(estimates.profile("adapter", "a100")).as("its own").isSameAs(profiles.known.get(1));
    }

    private static final class GpuProfileStub implements GpuProfiles {

        final List<GpuProfile> known = new ArrayList<>();

        @Override
        public @Nullable GpuProfile find(String model, String group) {
            return known.stream().filter(profile -> profile.model().equals(model) && profile.group().equals(group))
                    .findFirst().orElse(null);
        }

        @Override
        public boolean tellLoadOf(String group) {
            return true;
        }
    }

    @Test
    void shouldDrawTheLengthOfAnAnswerOnceForAnAttempt() {
        List<Long> drawn = new ArrayList<>();
        AtomicReference<TestShard> asked = new AtomicReference<>();
        TestShard twice = TestShard.of(ScriptedProvider.of("twice", context -> {
            drawn.add(context.predictedOutputTokens());
            Objects.requireNonNull(asked.get()).forecasts().outputTokens(FakeFleet.MODEL, 8);
            drawn.add(context.predictedOutputTokens());
            assertThat(context.promptTokens()).isEqualTo(100);
            context.select(context.candidates().get(0));
        }));
        asked.set(twice);
        twice.fleet().add("p1");
        twice.route("twice");
        twice.route("twice");
        assertThat(drawn).containsExactly(1L, 1L, 8L, 8L);
        assertThat(twice.failures("twice")).isZero();
    }
}
