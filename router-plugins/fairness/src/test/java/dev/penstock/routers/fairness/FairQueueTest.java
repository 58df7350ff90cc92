package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FairQueueTest {

    private static final String QUEUE = FairFleet.QUEUE;
    private static final long QUANTUM = 2_048;

    private static IntStream seeds() {
        int first = Integer.getInteger("penstock.test.seed", 1);
        return IntStream.range(first, first + 20);
    }

    private static Routed submit(TestShard shard, FakeRequest request) {
        Routed routed = shard.submit(QUEUE, request);
        shard.serve();
        return routed;
    }

    private static Routed submit(TestShard shard, String user) {
        return submit(shard, FairFleet.of(user));
    }

    private static void end(TestShard shard, Routed routed, long prompt, long answer) {
        routed.firstByte();
        routed.ended(new Usage(prompt, answer));
        shard.serve();
    }

    @Test
    void shouldTakeThePodWithTheFewestInFlightAtOnce() {
        TestShard shard = FairFleet.queueing(3, Map.of());
        shard.load().inFlight(shard.pod("p1"), 5).inFlight(shard.pod("p2"), 2).inFlight(shard.pod("p3"), 7);
        assertThat(FairFleet.taken(shard, QUEUE, FairFleet.of("ann"))).containsExactly("p2");
        assertThat(shard.counter(QUEUE, "waited")).isZero();
    }

    @Test
    void shouldTakeEqualPodsAsOften() {
        TestShard shard = FairFleet.queueing(4, Map.of());
        shard.load().inFlight(shard.pod("p2"), 1);
        Map<String, Integer> taken = new HashMap<>();
        for (int i = 0; i < 6_000; i++) {
            Routed routed = shard.route(QUEUE, FairFleet.of("ann"));
            taken.merge(String.valueOf(routed.pod()), 1, Integer::sum);
            routed.ended();
            shard.serve();
        }
        assertThat(taken).containsOnlyKeys("p1", "p3", "p4");
        // Six times the standard deviation.
        assertThat(taken.values()).allSatisfy(times -> assertThat(times).isCloseTo(2_000, within(220)));
    }

    @Test
    void shouldChargeNothingAsLongAsNobodyWaits() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1"));
        end(shard, submit(shard, "heavy"), 10, 1_000_000);
        Routed running = submit(shard, "heavy");
        Routed heavy = submit(shard, "heavy");
        Routed light = submit(shard, "light");
        end(shard, running, 10, 1_000_000);
        assertThat(heavy.answered()).as("was the first to wait, and owes nothing").isTrue();
        assertThat(light.answered()).isFalse();
    }

    @Test
    void shouldSendAtOnceWhereOnlyRequestsForAnotherModelWait() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1"));
        shard.fleet().add("q1").model("other", "q1");
        Routed running = shard.submit(QUEUE, FairFleet.of("ann"), "", List.of(shard.pod("q1")));
        Routed waits = shard.submit(QUEUE, FairFleet.of("ann"), "", List.of(shard.pod("q1")));
        assertThat(submit(shard, FairFleet.of("bob").withModel("other")).pod()).isEqualTo("q1");
        assertThat(waits.answered()).isFalse();
        assertThat(shard.queued(FakeFleet.MODEL)).isOne();
        assertThat(shard.queued("other")).isZero();
        end(shard, running, 1, 1);
        assertThat(waits.pod()).isEqualTo("p1");
    }

    @Test
    void shouldWaitForRoom() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "2"));
        Routed first = submit(shard, "ann");
        submit(shard, "ann");
        Routed third = submit(shard, "ann");
        assertThat(third.answered()).isFalse();
        end(shard, first, 10, 10);
        assertThat(third.pod()).isEqualTo("p1");
        assertThat(submit(shard, "ann").answered()).isFalse();
        shard.fleet().add("p2");
        shard.serve();
        assertThat(shard.held()).isZero();
        assertThat(shard.counter(QUEUE, "waited")).isEqualTo(2);
    }

    /** Both have something waiting all the time; guesses are wrong in either direction. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldShareTokensBetweenTwoUsersWhoAlwaysWant(int seed) {
        Random random = new Random(seed);
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1"));
        Routed blocking = submit(shard, "other");
        List<Routed> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(submit(shard, bulk(random, "ann", 300)));
            waiting.add(submit(shard, bulk(random, "bob", 3_000)));
        }
        end(shard, blocking, 1, 1);
        long usedByAnn = 0;
        long usedByBob = 0;
        long largest = 0;
        for (int i = 0; i < 3_000; i++) {
            Routed running = waiting.stream().filter(Routed::answered).findFirst().orElseThrow();
            waiting.remove(running);
            String user = String.valueOf(running.request().user());
            boolean ann = user.equals("ann");
            waiting.add(submit(shard, bulk(random, user, ann ? 300 : 3_000)));
            long prompt = running.request().tokens().length;
            long answer = random.nextInt(ann ? 2_000 : 6_000);
            largest = Math.max(largest, Math.max(prompt + answer, Estimate.of(prompt, -1).total()));
            end(shard, running, prompt, answer);
            usedByAnn += ann ? prompt + answer : 0;
            usedByBob += ann ? 0 : prompt + answer;
            assertThat(Math.abs(usedByAnn - usedByBob)).as("after %s", i)
                    .isLessThanOrEqualTo(QUANTUM + largest);
        }
        assertThat(usedByAnn).isGreaterThan(100 * largest);
    }

    private static FakeRequest bulk(Random random, String user, int tokens) {
        return FairFleet.of(user).withTokens(new int[1 + random.nextInt(tokens)]);
    }

    @Test
    void shouldNotDelayAUserByMoreThanARoundOfAnotherOneWhoSendsTenTimesAsMuch() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1"));
        List<Routed> heavy = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            heavy.add(submit(shard, "heavy"));
        }
        List<Routed> light = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            light.add(submit(shard, "light"));
        }
        int ended = 0;
        // 250 tokens each: a turn is 9 requests, and the first one was in flight.
        for (Routed next : List.copyOf(heavy)) {
            if (light.getFirst().answered()) {
                break;
            }
            assertThat(next.answered()).isTrue();
            end(shard, next, 100, 150);
            heavy.remove(next);
            ended++;
        }
        assertThat(ended).isLessThanOrEqualTo(10);
        for (int i = 0; i < 8; i++) {
            assertThat(light.get(i).answered()).as("request %s of the light user", i).isTrue();
            end(shard, light.get(i), 100, 150);
        }
    }

    @Test
    void shouldRefuseWhoeverTakesMostOfTheRoom() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1", "max-queued", "4"));
        submit(shard, "heavy");
        List<Routed> heavy = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            heavy.add(submit(shard, "heavy"));
        }
        assertThat(submit(shard, "heavy").error()).isEqualTo(ErrorCode.QUEUE_FULL);
        Routed first = submit(shard, "light");
        Routed second = submit(shard, "light");
        assertThat(heavy).extracting(Routed::answered).as("the newest have to go")
                .containsExactly(false, false, true, true);
        assertThat(heavy.getLast().error()).isEqualTo(ErrorCode.QUEUE_FULL);
        assertThat(submit(shard, "light").error()).as("would have more than the other")
                .isEqualTo(ErrorCode.QUEUE_FULL);
        assertThat(List.of(first, second)).noneMatch(Routed::answered);
        assertThat(shard.counter(QUEUE, "queue_full")).isEqualTo(4);
        assertThat(shard.held()).isEqualTo(4);
    }

    @Test
    void shouldBoundBytes() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1", "max-queued-bytes", "1000"));
        assertThat(submit(shard, FairFleet.of("ann").withBodyBytes(5_000)).pod()).as("need not wait").isEqualTo("p1");
        assertThat(submit(shard, FairFleet.of("ann").withBodyBytes(1_001)).error()).isEqualTo(ErrorCode.QUEUE_FULL);
        Routed waits = submit(shard, FairFleet.of("ann").withBodyBytes(900));
        assertThat(submit(shard, FairFleet.of("bob").withBodyBytes(950)).error()).isEqualTo(ErrorCode.QUEUE_FULL);
        assertThat(waits.answered()).isFalse();
        assertThat(submit(shard, FairFleet.of("bob").withBodyBytes(500)).answered()).isFalse();
        assertThat(waits.error()).isEqualTo(ErrorCode.QUEUE_FULL);
    }

    @Test
    void shouldGiveUpAtTheDeadline() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1", "max-wait", "2s"));
        submit(shard, "ann");
        Routed late = submit(shard, "ann");
        shard.advance(Duration.ofMillis(1_999));
        assertThat(late.answered()).isFalse();
        shard.advance(Duration.ofMillis(1));
        assertThat(late.error()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
        assertThat(shard.counter(QUEUE, "queue_timeout")).isOne();
    }

    @Test
    void shouldForgetThoseWhoAreGone() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1", "max-queued", "1"));
        Routed running = submit(shard, "ann");
        Routed gone = submit(shard, "bob");
        gone.cancel();
        shard.serve();
        Routed next = submit(shard, "eve");
        assertThat(next.answered()).isFalse();
        end(shard, running, 1, 1);
        assertThat(next.pod()).isEqualTo("p1");
    }

    @Test
    void shouldSayThatNoPodIsLeft() {
        TestShard shard = FairFleet.queueing(1, Map.of("max-in-flight", "1"));
        submit(shard, "ann");
        Routed waits = submit(shard, "ann");
        shard.fleet().ready("p1", false);
        shard.serve();
        assertThat(waits.error()).isEqualTo(ErrorCode.NO_READY_POD);
    }

    @Test
    void shouldTakeAllWithoutAUserForOneAndSaySo() {
        TestShard shard = FairFleet.queueing(1, Map.of());
        assertThat(shard.route(QUEUE, FakeRequest.plain().wantingNotes()).headers())
                .containsEntry("x-penstock-routing", "fair-queue=no_user");
        assertThat(shard.route(QUEUE, FairFleet.of("ann").wantingNotes()).headers()).isEmpty();
        assertThat(shard.counter(QUEUE, "substituted_no_user")).isOne();
    }

    @ParameterizedTest
    @CsvSource({"max-queued", "max-queued-bytes", "max-wait", "max-in-flight", "quantum", "look-again"})
    void shouldRefuseASettingThatCannotHold(String setting) {
        String zero = setting.equals("max-wait") || setting.equals("look-again") ? "0s" : "0";
        TestShard shard = FairFleet.queueing(1, Map.of(setting, zero));
        assertThat(shard.route(QUEUE, FairFleet.of("ann")).fallbackReason()).isNotNull();
    }

    /** Whatever comes, ends, goes and changes. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldAnswerEachRequestAndStrandNobody(int seed) {
        Random random = new Random(seed);
        TestShard shard = FairFleet.queueing(2, Map.of("max-in-flight", "2", "max-queued", "6",
                "max-queued-bytes", "3000", "max-wait", "2s", "quantum", "100"));
        List<Routed> waiting = new ArrayList<>();
        List<Routed> running = new ArrayList<>();
        for (int step = 0; step < 1_000; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> waiting.add(shard.submit(QUEUE, FairFleet.of("u" + random.nextInt(4))
                        .withBodyBytes(random.nextInt(1_500)).withArrivalNanos(shard.clock().nanoTime())));
                case 4, 5, 6 -> {
                    if (!running.isEmpty()) {
                        Routed ends = running.remove(random.nextInt(running.size()));
                        if (random.nextBoolean()) {
                            ends.firstByte();
                        }
                        ends.ended(random.nextBoolean() ? Usage.UNKNOWN : new Usage(5, random.nextInt(3_000)));
                    }
                }
                case 7 -> {
                    if (!waiting.isEmpty()) {
                        waiting.remove(random.nextInt(waiting.size())).cancel();
                    }
                }
                case 8 -> shard.fleet().ready("p2", random.nextBoolean());
                default -> shard.advance(Duration.ofMillis(random.nextInt(300)));
            }
            shard.serve();
            for (Routed answered : waiting.stream().filter(Routed::answered).toList()) {
                waiting.remove(answered);
                assertThat(answered.pod() != null ^ answered.error() != null).isTrue();
                if (answered.pod() != null) {
                    running.add(answered);
                }
            }
            assertThat(shard.held()).isEqualTo(waiting.size()).isLessThanOrEqualTo(6);
            assertThat(shard.load().inFlight(shard.pod("p1"))).isLessThanOrEqualTo(2);
            if (!waiting.isEmpty()) {
                assertThat(shard.load().inFlight(shard.pod("p1"))).as("no room is left unused").isEqualTo(2);
                assertThat(shard.nextWakeUp()).isNotNull();
            }
        }
        running.forEach(request -> request.ended(Usage.UNKNOWN));
        shard.advance(Duration.ofSeconds(2));
        assertThat(waiting).allMatch(Routed::answered);
        assertThat(shard.held()).isZero();
        assertThat(shard.failures(QUEUE)).isZero();
    }
}
