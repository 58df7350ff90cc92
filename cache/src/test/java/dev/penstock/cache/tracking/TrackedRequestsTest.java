package dev.penstock.cache.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.HeldRequests;
import dev.penstock.core.port.Lease;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TrackedRequestsTest {

    private final FixedFleet fleet = new FixedFleet();
    private final List<String> told = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private long now;
    private final TrackedRequests tracker = new TrackedRequests(fleet, new TraceSink() {
        @Override
        public long began(String model) {
            told.add("began " + model);
            return 42;
        }

        @Override
        public void ended(String model, long term) {
            told.add("ended " + model + " " + term);
        }

        @Override
        public void ended(String model, long term, Usage usage) {
            told.add("ended " + model + " " + term + " " + usage.promptTokens() + ":" + usage.completionTokens());
        }
    }, () -> now);

    @Test
    void shouldCountFromBeginToEnd() {
        fleet.show(null, "m", "n");
        Lease first = tracker.begin("1", "m");
        Lease second = tracker.begin("2", "m");
        tracker.begin("3", "n");
        assertThat(tracker.pending("m")).isEqualTo(2);
        assertThat(tracker.pending()).isEqualTo(3);
        assertThat(tracker.pendingByModel()).containsExactly(Map.entry("m", 2), Map.entry("n", 1));

        first.done(new Usage(3, 4));
        second.done();

        assertThat(tracker.pending("m")).isZero();
        assertThat(told).containsExactly("began m", "began m", "began n", "ended m 42 3:4", "ended m 42");
    }

    @Test
    void shouldCountWhatWaitsInRouters() {
        fleet.show(null, "m", "n");
        tracker.begin("1", "m");
        HeldRequests.Hold first = tracker.hold("m");
        HeldRequests.Hold second = tracker.hold("m");
        assertThat(tracker.queueing("m")).isEqualTo(2);
        assertThat(tracker.queueing("n")).isZero();
        first.release();
        assertThat(tracker.queueing("m")).isEqualTo(1);
        second.release();
        assertThat(tracker.queueing("m")).isZero();
        tracker.hold("unheard of").release();
        assertThat(tracker.queueing("unheard of")).isZero();
    }

    @Test
    void shouldEndOnce() {
        fleet.show(null, "m");
        Lease lease = tracker.begin("1", "m");
        lease.done();
        lease.done();
        lease.done(Usage.UNKNOWN);

        assertThat(tracker.pending("m")).isZero();
        assertThat(told).containsExactly("began m", "ended m 42");
    }

    @Test
    void shouldNeverGoBelowZeroWhenAModelLeavesAndComesBack() {
        fleet.show(null, "m");
        Lease old = tracker.begin("1", "m");
        fleet.show(null);
        tracker.forgetGone();
        assertThat(tracker.pending("m")).as("it is still pending").isEqualTo(1);
        fleet.show(null, "m");
        Lease next = tracker.begin("2", "m");
        assertThat(tracker.pending("m")).isEqualTo(2);

        old.done();
        assertThat(tracker.pending("m")).isEqualTo(1);
        next.done();
        assertThat(tracker.pending("m")).isZero();
    }

    @Test
    void shouldForgetAModelThatHasLeft() {
        fleet.show(null, "m");
        tracker.begin("1", "m").done();
        fleet.show(null);
        tracker.forgetGone();
        fleet.show(null, "m");

        Lease lease = tracker.begin("2", "m");

        assertThat(tracker.pending("m")).isEqualTo(1);
        lease.done();
    }

    @Test
    void shouldNotCountModelsThatThereAreNot() {
        Lease lease = tracker.begin("1", "made up");
        assertThat(tracker.pending("made up")).isZero();
        lease.done();
        lease.done(Usage.UNKNOWN);

        assertThat(tracker.pending()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void shouldLearnHowLongAnswersAre() {
        fleet.show(null, "m", "n");
        assertThat(tracker.predict("m", 2, random)).isEqualTo(1);
        tracker.begin("1", "m").done(new Usage(2, 3));
        assertThat(tracker.predict("m", 2, random)).isEqualTo(4);
        assertThat(tracker.predict("n", 2, random)).as("each model by itself").isEqualTo(1);
        assertThat(tracker.predict("made up", 2, random)).isEqualTo(1);
        now += OutputHistory.WINDOW_NANOS;
        assertThat(tracker.predict("m", 2, random)).isEqualTo(1);
    }

    @Test
    void shouldLearnNothingFromAnEndWithoutUsageOrASecondOne() {
        fleet.show(null, "m");
        tracker.begin("1", "m").done();
        tracker.begin("2", "m").done(Usage.UNKNOWN);
        tracker.begin("3", "m").done(new Usage(2, -1));
        Lease lease = tracker.begin("4", "m");
        lease.done();
        lease.done(new Usage(2, 64));
        assertThat(tracker.predict("m", 2, random)).isEqualTo(1);
    }

    @Test
    void shouldForgetAnswersWithTheirModel() {
        fleet.show(null, "m", "n");
        tracker.begin("1", "m").done(new Usage(2, 64));
        tracker.begin("2", "n").done(new Usage(2, 64));
        Lease late = tracker.begin("3", "m");
        fleet.show(null, "n");
        tracker.forgetGone();
        assertThat(tracker.remembered()).as("one is pending").isEqualTo(2);
        late.done(new Usage(2, 64));
        tracker.forgetGone();
        assertThat(tracker.remembered()).isEqualTo(1);
        assertThat(tracker.pendingByModel()).containsOnlyKeys("n");
        assertThat(tracker.predict("m", 2, random)).isEqualTo(1);
        assertThat(tracker.predict("n", 2, random)).isEqualTo(64);
    }

    @Test
    @Timeout(30)
    void shouldLoseNoCountWhileModelsComeAndGo() throws InterruptedException {
        TrackedRequests busy = new TrackedRequests(fleet, TraceSink.OFF, () -> 0);
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int request = 0; request < 30_000; request++) {
                    busy.begin("r", "m").done();
                }
            }));
        }
        go.countDown();
        for (int i = 0; i < 20_000; i++) {
            fleet.show(null, i % 2 == 0 ? "m" : "n");
            busy.forgetGone();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(busy.pending()).isZero();
    }
}
