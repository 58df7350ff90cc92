package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.TraceSteps;
import dev.penstock.spi.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TraceAgentTest {
    private static final long START = 1_700_000_003;

    private final Map<String, Integer> pending = new HashMap<>();
    private final Map<String, Integer> queueing = new HashMap<>();
    private final Set<String> fleet = new HashSet<>(Set.of("m", "n"));
    private final List<TraceWindow> written = new ArrayList<>();
    private TraceSteps steps = TraceSteps.ALL_ON;
    private long wallMillis = START * 1000;
    private long nanos;
    private final TraceRing ring = new TraceRing(4096, () -> steps);
    private final TracedModels models = new TracedModels() {
        @Override
        public boolean known(String model) {
            return fleet.contains(model);
        }

        @Override
        public long pending(String model) {
            return pending.getOrDefault(model, 0);
        }

        @Override
        public long queueing(String model) {
            return queueing.getOrDefault(model, 0);
        }
    };
    private final TraceAgent agent = new TraceAgent(ring, written::add, models, () -> steps,
            () -> Instant.ofEpochMilli(wallMillis), () -> nanos);

    private void pass(long millis) {
        wallMillis += millis;
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        agent.doWork();
    }

    /** To the end of the window, and over the time that it waits for what is under way. */
    private void endWindow() {
        pass(10_000 - wallMillis % 10_000);
        pass(250);
    }

    private static ModelTrace trace(String model, long arrivals, long pending, Map<String, Long> completions) {
        return trace(model, arrivals, pending, 0, completions);
    }

    private static ModelTrace trace(String model, long arrivals, long pending, long queueing,
            Map<String, Long> completions) {
        return new ModelTrace(model, arrivals, pending, queueing, new TreeMap<>(completions));
    }

    @Test
    void shouldWriteAWindowUnderTheTimeOfItsEnd() {
        ring.began("m");
        ring.began("m");
        ring.ended("m", 0, new Usage(1, 1));
        pending.put("m", 2);
        pass(6_999);
        assertThat(written).isEmpty();
        pass(1);
        pass(249);
        assertThat(written).isEmpty();
        pass(1);
        assertThat(written).hasSize(1);
        assertThat(written.getFirst().end()).isEqualTo(1_700_000_010);
        assertThat(written.getFirst().models().getFirst().json()).isEqualTo("{\"0:0\":1,\"meta_interval_sec\":10,"
                + "\"meta_pending_reqs\":2,\"meta_precision\":10,\"meta_queueing_reqs\":0,\"meta_total_reqs\":2,"
                + "\"meta_v\":4}");
    }

    @Test
    void shouldWriteNothingWhereNothingHappened() {
        endWindow();
        endWindow();
        assertThat(written).isEmpty();
        ring.began("m");
        endWindow();
        endWindow();
        assertThat(written).hasSize(1);
    }

    @Test
    void shouldCountAnEndInTheWindowInWhichItHappened() {
        long term = ring.began("m");
        endWindow();
        ring.ended("m", term, new Usage(16, 2));
        endWindow();
        assertThat(written).extracting(TraceWindow::end).containsExactly(1_700_000_010L, 1_700_000_020L);
        assertThat(written.get(0).models()).containsExactly(trace("m", 1, 0, Map.of()));
        assertThat(written.get(1).models()).containsExactly(trace("m", 0, 0, Map.of("40:10", 1L)));
    }

    @Test
    void shouldKnowAModelWhoseRequestsOnlyEndedWithoutUsage() {
        ring.ended("n", 1);
        endWindow();
        assertThat(written.getFirst().models()).containsExactly(trace("n", 0, 0, Map.of()));
    }

    @Test
    void shouldWriteAWindowAgainForWhatIsHeardLate() {
        ring.began("m");
        pending.put("m", 5);
        endWindow();
        pending.put("m", 9);
        agent.arrived("m", 1_700_000_010);
        agent.doWork();
        assertThat(written).hasSize(2);
        assertThat(written.get(1).models()).containsExactly(trace("m", 2, 5, Map.of()));
    }

    @Test
    void shouldCountWhatIsMuchTooLateWhereItIsHeard() {
        for (int i = 0; i < 8; i++) {
            endWindow();
        }
        agent.arrived("m", 1_700_000_010);
        endWindow();
        assertThat(agent.tooLate()).isEqualTo(1);
        assertThat(written).extracting(TraceWindow::end).containsExactly(1_700_000_090L);
    }

    @Test
    void shouldOpenNoWindowTwiceWhenTheClockIsSetBack() {
        ring.began("m");
        wallMillis -= 60_000;
        pass(0);
        ring.began("m");
        wallMillis += 60_000;
        endWindow();
        assertThat(written).hasSize(1);
        assertThat(written.getFirst().models().getFirst().arrivals()).isEqualTo(2);
    }

    @Test
    void shouldCollectOnlyTheStepsThatAreOn() {
        pending.put("m", 7);
        queueing.put("m", 3);
        steps = new TraceSteps(false, true, false, false);
        ring.began("m");
        ring.ended("m", 0, new Usage(2, 2));
        endWindow();
        assertThat(written.getFirst().models()).containsExactly(trace("m", 0, 0, Map.of("10:10", 1L)));
        steps = new TraceSteps(true, false, true, false);
        ring.began("m");
        ring.ended("m", 0, new Usage(2, 2));
        ring.ended("m", 0);
        endWindow();
        assertThat(written.get(1).models()).containsExactly(trace("m", 1, 7, Map.of()));
        steps = new TraceSteps(true, false, false, true);
        ring.began("m");
        endWindow();
        assertThat(written.get(2).models()).containsExactly(trace("m", 1, 0, 3, Map.of()));
        steps = new TraceSteps(false, false, true, true);
        ring.began("m");
        ring.ended("m", 0, new Usage(2, 2));
        endWindow();
        assertThat(written).hasSize(3);
    }

    @Test
    void shouldCountWhatThereIsNoRoomFor() {
        for (int i = 0; i < 1000; i++) {
            ring.began("m");
            ring.ended("m", 0, new Usage(2, 2));
        }
        endWindow();
        ModelTrace trace = written.getFirst().models().getFirst();
        assertThat(ring.droppedArrivals()).isPositive();
        assertThat(trace.arrivals() + ring.droppedArrivals()).isEqualTo(1000);
        assertThat(trace.completions().getOrDefault("10:10", 0L) + ring.droppedCompletions()).isEqualTo(1000);
    }

    @Test
    void shouldLoseNothingWhenItEnds() {
        ring.began("m");
        endWindow();
        ring.began("m");
        agent.onClose();
        assertThat(written.getLast()).isEqualTo(
                new TraceWindow(1_700_000_020, List.of(trace("m", 1, 0, Map.of()))));
    }

    @Test
    void shouldForgetModelsThatHaveLeft() {
        ring.began("m");
        ring.began("n");
        endWindow();
        fleet.remove("n");
        assertThat(ring.models()).isEqualTo(2);
        for (int i = 0; i < 8; i++) {
            ring.began("m");
            endWindow();
        }
        assertThat(ring.models()).isEqualTo(1);
        ring.began("n");
        endWindow();
        assertThat(written.getLast().models()).extracting(ModelTrace::model).containsExactly("n");
    }

    @Test
    void shouldCountEveryRequestOnceWhateverTheTimes() {
        SplittableRandom random = new SplittableRandom(3);
        Map<Long, Long> arrived = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            arrived.merge(ring.began("m"), 1L, Long::sum);
            if (random.nextInt(5) == 0) {
                pass(random.nextInt(700));
            }
        }
        agent.onClose();
        Map<Long, Long> counted = new HashMap<>();
        written.forEach(window -> counted.put(window.end(), window.models().getFirst().arrivals()));
        assertThat(counted).isEqualTo(arrived);
        assertThat(ring.droppedArrivals()).isZero();
    }
}
