package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@code predicted-ttft-held}: 8,000 tokens a second, and 32 tokens a block, so 250 blocks are a second of prefill. */
class HeldTest {

    private static final String STRATEGY = "predicted-ttft-held";
    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    private static Routed submit(KvFleet fleet, FakeRequest request) {
        Routed routed = fleet.shard().submit(STRATEGY, request);
        fleet.shard().serve();
        return routed;
    }

    private static Routed submit(KvFleet fleet, long first, int blocks) {
        return submit(fleet, KvFleet.prompt(first, blocks));
    }

    private static void firstByte(KvFleet fleet, Routed routed) {
        routed.firstByte();
        fleet.shard().serve();
    }

    @Test
    void shouldSendAtOnceWhilePodsHaveLittleToDo() {
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            Routed first = submit(fleet, 1, 500);
            Routed second = submit(fleet, 10_001, 500);
            assertThat(List.of(String.valueOf(first.pod()), String.valueOf(second.pod())))
                    .containsExactlyInAnyOrder("p1", "p2");
            Routed third = submit(fleet, 20_001, 10);
            assertThat(third.answered()).isFalse();
            assertThat(fleet.shard().queued("m")).isEqualTo(1);
            assertThat(fleet.shard().counter(STRATEGY, "waited")).isEqualTo(1);

            firstByte(fleet, second);
            assertThat(third.pod()).isEqualTo(second.pod());
            assertThat(fleet.shard().queued("m")).isZero();
        }
    }

    @Test
    void shouldWaitForThePodThatHasThePrefixAndNotTakeAnother() {
        try (KvFleet fleet = KvFleet.of(2).capacity(10_000)) {
            fleet.cached(1, 1, 1_000);
            Routed busy = fleet.sent(1, KvFleet.prompt(50_001, 500));
            Routed routed = submit(fleet, 1, 1_010);
            assertThat(routed.answered()).as("2 s of waiting cost less than 4 s of prefill").isFalse();
            firstByte(fleet, busy);
            assertThat(routed.pod()).isEqualTo("p1");
        }
    }

    /** After t seconds 20 - t are before it, and it takes 1, and what it has waited longer than 5. */
    @Test
    void shouldJoinALongerQueueWhenItHasWaitedForLong() {
        try (KvFleet fleet = KvFleet.of(1, Map.of(STRATEGY + ".patience", "5s")).capacity(10_000)) {
            submit(fleet, 1, 5_000);
            Routed waits = submit(fleet, 10_001, 10);
            fleet.shard().advance(Duration.ofMillis(11_900));
            assertThat(waits.answered()).isFalse();
            fleet.shard().advance(Duration.ofMillis(200));
            assertThat(waits.pod()).isEqualTo("p1");
        }
    }

    /** What a replica has sent takes 400 s; but whoever sends nothing would never learn that it does not. */
    @Test
    void shouldSendToAPodThatHasNothingOfOurs() {
        try (KvFleet fleet = KvFleet.of(1).capacity(200_000)) {
            fleet.cached(1, 1, 1).sentElsewhere(1, 50_001, 100_000, 100_000 * KvFleet.BLOCK_TOKENS);
            assertThat(submit(fleet, 10_001, 10).pod()).isEqualTo("p1");
            assertThat(submit(fleet, 20_001, 10).answered()).isFalse();
        }
    }

    @Test
    void shouldSeeByItselfThatAPodGetsOn() {
        try (KvFleet fleet = KvFleet.of(1).capacity(10_000)) {
            submit(fleet, 1, 500);
            Routed second = submit(fleet, 10_001, 10);
            fleet.shard().advance(Duration.ofMillis(900));
            assertThat(second.answered()).isFalse();
            assertThat(fleet.shard().nextWakeUp()).isLessThanOrEqualTo(Duration.ofMillis(50));
            fleet.shard().advance(Duration.ofMillis(200));
            assertThat(second.pod()).isEqualTo("p1");
        }
    }

    @Test
    void shouldLetShortOnesPassUnlessItIsFirstComeFirstServed() {
        for (String shortFirst : List.of("0", "1")) {
            try (KvFleet fleet = KvFleet.of(1, Map.of(STRATEGY + ".short-first", shortFirst)).capacity(10_000)) {
                Routed running = submit(fleet, 1, 500);
                Routed large = submit(fleet, 10_001, 1_000);
                fleet.shard().advance(Duration.ofMillis(100));
                Routed small = submit(fleet, 20_001, 600);
                firstByte(fleet, running);
                assertThat(large.answered()).as("short-first " + shortFirst).isEqualTo(shortFirst.equals("0"));
                assertThat(small.answered()).isEqualTo(shortFirst.equals("1"));
            }
        }
    }

    @Test
    void shouldNotSendAllToOnePodAtOnce() {
        try (KvFleet fleet = KvFleet.of(1).capacity(10_000)) {
            Routed running = submit(fleet, 1, 500);
            Routed second = submit(fleet, 10_001, 400);
            Routed third = submit(fleet, 20_001, 400);
            firstByte(fleet, running);
            assertThat(second.answered()).isTrue();
            assertThat(third.answered()).isFalse();
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        try (KvFleet fleet = KvFleet.of(1, Map.of(STRATEGY + ".max-queued", "1")).capacity(10_000)) {
            submit(fleet, 1, 500);
            Routed waits = submit(fleet, 10_001, 10);
            assertThat(submit(fleet, 20_001, 10).error()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(waits.answered()).isFalse();
            assertThat(fleet.shard().counter(STRATEGY, "queue_full")).isEqualTo(1);
        }
        try (KvFleet fleet = KvFleet.of(1, Map.of(STRATEGY + ".max-queued-bytes", "2000")).capacity(10_000)) {
            submit(fleet, 1, 500);
            Routed waits = submit(fleet, 10_001, 10);
            assertThat(submit(fleet, 20_001, 10).error()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(waits.answered()).isFalse();
        }
    }

    @Test
    void shouldRefuseWhatHasWaitedForTooLong() {
        try (KvFleet fleet = KvFleet.of(1, Map.of(STRATEGY + ".max-wait", "500ms")).capacity(10_000)) {
            submit(fleet, 1, 5_000);
            Routed waits = submit(fleet, 10_001, 10);
            fleet.shard().advance(Duration.ofMillis(400));
            assertThat(waits.answered()).isFalse();
            fleet.shard().advance(Duration.ofMillis(101));
            assertThat(waits.error()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
            assertThat(fleet.shard().counter(STRATEGY, "queue_timeout")).isEqualTo(1);
        }
    }

    @Test
    void shouldSayThatThereIsNoPodAnyMore() {
        try (KvFleet fleet = KvFleet.of(1).capacity(10_000)) {
            submit(fleet, 1, 500);
            Routed waits = submit(fleet, 10_001, 10);
            fleet.shard().fleet().remove("p1");
            fleet.shard().serve();
            assertThat(waits.error()).isEqualTo(ErrorCode.NO_READY_POD);
            assertThat(fleet.shard().queued("m")).isZero();
        }
    }

    @Test
    void shouldForgetWhoHasGone() {
        try (KvFleet fleet = KvFleet.of(1).capacity(10_000)) {
            Routed running = submit(fleet, 1, 500);
            Routed gone = submit(fleet, 10_001, 10);
            gone.cancel();
            fleet.shard().serve();
            assertThat(fleet.shard().queued("m")).isZero();
            firstByte(fleet, running);
            assertThat(gone.answered()).isFalse();
            assertThat(fleet.shard().held()).isZero();
        }
    }

    /** Whatever comes, each is answered once, and nobody is left behind. */
    @Test
    void shouldAnswerEachInTheEnd() {
        SplittableRandom random = new SplittableRandom(SEED);
        try (KvFleet fleet = KvFleet.of(3).capacity(2_000)) {
            List<Routed> open = new ArrayList<>();
            List<Routed> all = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                Routed routed = submit(fleet, 1 + 5_000L * random.nextInt(40), 1 + random.nextInt(600));
                all.add(routed);
                open.add(routed);
                fleet.shard().advance(Duration.ofMillis(random.nextInt(400)));
                Routed other = open.get(random.nextInt(open.size()));
                if (other.answered() && other.endpoint() != null) {
                    open.remove(other);
                    other.firstByte();
                    other.ended();
                    fleet.shard().serve();
                }
            }
            for (int i = 0; i < 5_000 && !open.isEmpty(); i++) {
                fleet.shard().advance(Duration.ofMillis(50));
                open.stream().filter(at -> at.answered() && at.endpoint() != null).toList().forEach(routed -> {
                    open.remove(routed);
                    routed.firstByte();
                    routed.ended();
                });
                open.removeIf(routed -> routed.answered() && routed.error() != null);
            }
            assertThat(open).isEmpty();
            assertThat(all).allMatch(Routed::answered).allMatch(routed -> routed.fallbackReason() == null);
            assertThat(fleet.shard().queued("m")).isZero();
            assertThat(fleet.shard().held()).isZero();
        }
    }
}
