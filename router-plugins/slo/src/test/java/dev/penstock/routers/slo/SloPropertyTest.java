package dev.penstock.routers.slo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes, ends, goes and changes: nothing is stranded, nothing is too much, and the order holds. */
class SloPropertyTest {

    private static final int MOST_QUEUED = 12;
    private static final long MOST_BYTES = 6_000;
    private static final int STEPS = 600;
    private static final int[] PROMPTS = {8, 300, 4_096};

    private static IntStream seeds() {
        int first = Integer.getInteger("penstock.test.seed", 1);
        return IntStream.range(first, first + 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldAnswerEachRequestOnceAndInOrder(int seed) {
        new Run(new Random(seed), seed % 2 == 0 ? SloFleet.SLO : SloFleet.PACK, seed % 3 == 0).go();
    }

    private static final class Run {

        private final Random random;
        private final String strategy;
        private final boolean profiled;
        private final SloFleet fleet;
        private final TestShard shard;
        private final List<Sent> waiting = new ArrayList<>();
        private final List<Sent> running = new ArrayList<>();
        private final Map<String, Integer> lastOfKind = new HashMap<>();
        private int number;
        private int added;

        private Run(Random random, String strategy, boolean unprofiled) {
            this.random = random;
            this.strategy = strategy;
            this.profiled = !unprofiled;
            Map<String, String> settings = new HashMap<>(Map.of("max-queued", "" + MOST_QUEUED, "max-queued-bytes",
                    "" + MOST_BYTES, "max-wait", "2s", "max-in-flight", "3"));
            if (random.nextBoolean()) {
                settings.put("reserved-interactive", "0.3");
            }
            fleet = SloFleet.of(0, settings);
            shard = fleet.shard();
            if (profiled) {
                fleet.profile(profile("a", 0.3)).profile(profile("b", 0.15));
            }
            addPod();
            addPod();
        }

        private record Sent(int number, Routed routed) {

            String kind() {
                FakeRequest request = routed.request();
                return request.priority() + " " + request.user() + " " + request.tokens().length;
            }
        }

        private static GpuProfile profile(String group, double share) {
            return new GpuProfile(FakeFleet.MODEL, group, 1, 1, GpuProfile.Axis.of(8),
                    GpuProfile.Axis.of(8, 300, 4_096), Map.of(
                            Measure.THROUGHPUT, GpuProfile.Table.of(new double[][] {
                                {1 / share, 1 / (2 * share), 1 / (3 * share)}}),
                            Measure.E2E, GpuProfile.Table.of(new double[][] {{1, 1, 1}})),
                    SloFleet.WITHIN_TEN_SECONDS);
        }

        private void go() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> arrive();
                    case 4, 5, 6 -> complete();
                    case 7 -> cancel();
                    case 8 -> changePods();
                    case 9 -> otherProfile();
                    default -> shard.advance(Duration.ofMillis(random.nextInt(120)));
                }
                if (random.nextInt(4) > 0) {
                    shard.serve();
                    look();
                }
            }
            shard.serve();
            drain();
        }

        private void arrive() {
            FakeRequest request = fleet.request("" + number, PROMPTS[random.nextInt(PROMPTS.length)])
                    .withPriority(random.nextInt(3) - 1).withUser(random.nextBoolean() ? "ann" : null)
                    .withBodyBytes(random.nextInt(1_000));
            waiting.add(new Sent(number++, shard.submit(strategy, request)));
        }

        private void complete() {
            if (!running.isEmpty()) {
                Sent ended = running.remove(random.nextInt(running.size()));
                if (random.nextBoolean()) {
                    ended.routed.firstByte();
                }
                ended.routed.ended();
            }
        }

        private void cancel() {
            if (!waiting.isEmpty()) {
                Sent gone = waiting.get(random.nextInt(waiting.size()));
                if (gone.routed.cancel()) {
                    waiting.remove(gone);
                }
            }
        }

        private void changePods() {
            if (random.nextBoolean() || names().isEmpty()) {
                addPod();
                return;
            }
            String name = names().get(random.nextInt(names().size()));
            switch (random.nextInt(3)) {
                case 0 -> shard.fleet().remove(name);
                case 1 -> shard.fleet().replace(name);
                default -> shard.fleet().ready(name, random.nextBoolean());
            }
        }

        private void addPod() {
            if (names().size() < 5) {
                String name = "p" + added++;
                shard.fleet().add(name, "10.0.0." + added, 8000, random.nextBoolean() ? "a" : "b");
            }
        }

        private List<String> names() {
            ModelView model = shard.fleet().current().model(FakeFleet.MODEL);
            if (model == null) {
                return List.of();
            }
            Candidates pods = model.endpoints();
            return IntStream.range(0, pods.size()).mapToObj(i -> pods.get(i).name()).toList();
        }

        private void otherProfile() {
            if (profiled) {
                fleet.profile(profile("a", 0.1 + random.nextInt(3) * 0.2));
            }
        }

        /** The shard has been served: what holds then. */
        private void look() {
            int before = running.size();
            for (Sent sent : List.copyOf(waiting)) {
                if (sent.routed.answered()) {
                    waiting.remove(sent);
                    answered(sent);
                }
            }
            running.subList(before, running.size()).forEach(this::inOrder);
            assertThat(waiting).hasSizeLessThanOrEqualTo(MOST_QUEUED);
            assertThat(waiting.stream().mapToLong(sent -> sent.routed.request().retainedBytes()).sum())
                    .isLessThanOrEqualTo(MOST_BYTES);
            assertThat(shard.queued(FakeFleet.MODEL)).isEqualTo(waiting.size());
            assertThat(shard.failures(strategy)).isZero();
            notTooMuch();
            if (!waiting.isEmpty()) {
                assertThat(shard.nextWakeUp()).as("somebody looks after those that wait").isNotNull();
            }
        }

        // Asking for the answer fails where it was given twice.
        private void answered(Sent sent) {
            PodView endpoint = sent.routed.endpoint();
            if (endpoint != null) {
                assertThat(sent.routed.fallbackReason()).isNull();
                running.add(sent);
            } else {
                assertThat(sent.routed.error()).isIn(ErrorCode.QUEUE_FULL, ErrorCode.QUEUE_TIMEOUT,
                        ErrorCode.PREEMPTED, ErrorCode.NO_READY_POD, ErrorCode.MODEL_NOT_FOUND);
            }
        }

        private void inOrder(Sent sent) {
            Integer last = lastOfKind.put(sent.kind(), sent.number);
            assertThat(last == null || last < sent.number).as("%s after %s of %s", sent.number, last, sent.kind())
                    .isTrue();
        }

        private void notTooMuch() {
            for (String name : names()) {
                PodView pod = shard.pod(name);
                double load = shard.load().pendingLoad(pod);
                if (profiled) {
                    assertThat(load <= 1 + 1e-6 || shard.load().inFlight(pod) == 1).as("%s", load)
                            .isTrue();
                } else {
                    assertThat(shard.load().inFlight(pod)).isLessThanOrEqualTo(3);
                }
            }
        }

        /** Everything ends, and time passes: everybody has an answer. */
        private void drain() {
            look();
            if (names().isEmpty()) {
                addPod();
            }
            shard.fleet().ready(names().getFirst(), true);
            for (int i = 0; i < 200 && !(waiting.isEmpty() && running.isEmpty()); i++) {
                running.forEach(sent -> sent.routed.ended());
                running.clear();
                shard.advance(Duration.ofMillis(50));
                look();
            }
            assertThat(waiting).isEmpty();
            assertThat(running).isEmpty();
            assertThat(shard.load().idle()).isTrue();
            assertThat(shard.queued(FakeFleet.MODEL)).isZero();
            fleet.close();
        }
    }
}
