package dev.penstock.routers.slo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.testkit.Routed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes, users and what is kept for whom. */
class SloPriorityTest {

    private static final int BULK = -1;
    private static final int DEFAULT = 0;
    private static final int INTERACTIVE = 1;

    private static SloFleet busy(Map<String, String> settings) {
        SloFleet fleet = SloFleet.of(1, settings).share(1);
        fleet.submit(fleet.request("running"));
        return fleet;
    }

    @ParameterizedTest
    @CsvSource({"2, 1, INTERACTIVE", "2, 2, SYSTEM", "99, 2, SYSTEM", "1, 1, INTERACTIVE", "1, 0, DEFAULT",
        "0, 1, DEFAULT", "-1, 1, BULK", "-9, 1, BULK", "1, -1, BULK"})
    void shouldHeedPriorityAsFarAsIsAllowed(int priority, long most, PriorityClass heeded) {
        assertThat(PriorityClass.of(priority, most)).isEqualTo(heeded);
    }

    @Test
    void shouldServeMoreUrgentClassesFirst() {
        try (SloFleet fleet = SloFleet.of(1).share(1)) {
            Routed running = fleet.submit(fleet.request("running"));
            Routed bulk = fleet.submit(fleet.request("bulk").withPriority(BULK));
            Routed normal = fleet.submit(fleet.request("normal"));
            Routed urgent = fleet.submit(fleet.request("urgent").withPriority(INTERACTIVE));
            Routed system = fleet.submit(fleet.request("system").withPriority(2));
            fleet.end(running);
            assertThat(urgent.answered()).as("no client is the system unless allowed").isTrue();
            fleet.end(urgent);
            fleet.end(system);
            assertThat(normal.answered()).isTrue();
            assertThat(bulk.answered()).isFalse();
            fleet.end(normal);
            assertThat(bulk.answered()).isTrue();
        }
    }

    @Test
    void shouldKeepTheNextPlaceForAMoreUrgentRequestThatIsLarge() {
        try (SloFleet fleet = SloFleet.of(1).profile(SloQueueingTest.twoSizes(0.3, 0.9))) {
            Routed one = fleet.submit(fleet.request("1", 8));
            Routed two = fleet.submit(fleet.request("2", 8));
            Routed large = fleet.submit(fleet.request("large", 4096).withPriority(INTERACTIVE));
            Routed small = fleet.submit(fleet.request("small", 8));
            assertThat(small.answered()).as("it would fit").isFalse();
            fleet.end(one);
            assertThat(small.answered() || large.answered()).isFalse();
            fleet.end(two);
            assertThat(large.answered()).isTrue();
            assertThat(small.answered()).isFalse();
        }
    }

    @Test
    void shouldNotWaitBehindARequestForOtherPods() {
        try (SloFleet fleet = SloFleet.of(2).share(1)) {
            fleet.shard().fleet().label("p1", "tier", "gold");
            Routed running = fleet.shard().submit(SloFleet.SLO, fleet.request("1"), "tier=gold", List.of());
            fleet.shard().serve();
            assertThat(running.pod()).isEqualTo("p1");
            Routed gold = fleet.shard().submit(SloFleet.SLO, fleet.request("2").withPriority(INTERACTIVE), "tier=gold",
                    List.of());
            fleet.shard().serve();
            assertThat(gold.answered()).isFalse();
            assertThat(fleet.submit(fleet.request("3")).pod()).isEqualTo("p2");
        }
    }

    // ---- pre-emption

    @Test
    void shouldDisplaceTheNewestOfTheLeastUrgent() {
        try (SloFleet fleet = busy(Map.of("max-queued", "3"))) {
            Routed bulk = fleet.submit(fleet.request("bulk").withPriority(BULK));
            Routed older = fleet.submit(fleet.request("older"));
            Routed newer = fleet.submit(fleet.request("newer"));
            Routed urgent = fleet.submit(fleet.request("urgent").withPriority(INTERACTIVE));
            assertThat(bulk.error()).isEqualTo(ErrorCode.PREEMPTED);
            assertThat(ErrorCode.PREEMPTED.status()).isEqualTo(429);
            fleet.submit(fleet.request("urgent too").withPriority(INTERACTIVE));
            assertThat(newer.error()).isEqualTo(ErrorCode.PREEMPTED);
            assertThat(older.answered() || urgent.answered()).isFalse();
            assertThat(fleet.count("preempted")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BULK, DEFAULT})
    void shouldNotDisplaceWhatIsAsUrgent(int priority) {
        try (SloFleet fleet = busy(Map.of("max-queued", "1"))) {
            Routed first = fleet.submit(fleet.request("first"));
            assertThat(fleet.submit(fleet.request("second").withPriority(priority)).error())
                    .isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(first.answered()).isFalse();
        }
    }

    @Test
    void shouldNotDisplaceInVain() {
        try (SloFleet fleet = busy(Map.of("max-queued-bytes", "1000"))) {
            fleet.submit(fleet.request("urgent").withPriority(INTERACTIVE).withBodyBytes(700));
            Routed bulk = fleet.submit(fleet.request("bulk").withPriority(BULK).withBodyBytes(300));
            assertThat(fleet.submit(fleet.request("large").withPriority(INTERACTIVE).withBodyBytes(301)).error())
                    .isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(bulk.answered()).isFalse();
            assertThat(fleet.submit(fleet.request("fits").withPriority(INTERACTIVE).withBodyBytes(300)).answered())
                    .isFalse();
            assertThat(bulk.error()).isEqualTo(ErrorCode.PREEMPTED);
        }
    }

    @Test
    void shouldNotDisplaceWhatRuns() {
        try (SloFleet fleet = SloFleet.of(1).share(1)) {
            Routed running = fleet.submit(fleet.request("running").withPriority(BULK));
            Routed urgent = fleet.submit(fleet.request("urgent").withPriority(INTERACTIVE));
            assertThat(running.error()).isNull();
            assertThat(urgent.answered()).isFalse();
        }
    }

    // ---- users

    @Test
    void shouldLetUsersTakeTurns() {
        try (SloFleet fleet = SloFleet.of(1).share(1)) {
            Routed running = fleet.submit(fleet.request("running"));
            List<Routed> waiting = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                waiting.add(fleet.submit(fleet.request("ann " + i, 2_000).withUser("ann")));
            }
            for (int i = 0; i < 3; i++) {
                waiting.add(fleet.submit(fleet.request("bob " + i, 2_000).withUser("bob")));
            }
            List<String> order = order(fleet, running, waiting);
            // A turn is a little more than one of these requests, which leaves some for a second one at first.
            assertThat(order.subList(0, 6)).filteredOn(id -> id.startsWith("bob")).as("%s", order).hasSize(3);
            assertThat(order).filteredOn(id -> id.startsWith("ann")).isSorted();
            assertThat(order).filteredOn(id -> id.startsWith("bob")).isSorted();
        }
    }

    @Test
    void shouldCountTurnsInTokens() {
        try (SloFleet fleet = SloFleet.of(1).share(1)) {
            Routed running = fleet.submit(fleet.request("running"));
            List<Routed> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(fleet.submit(fleet.request("ann " + i, 8_000).withUser("ann")));
            }
            for (int i = 0; i < 9; i++) {
                waiting.add(fleet.submit(fleet.request("bob " + i, 1_000).withUser("bob")));
            }
            List<String> order = order(fleet, running, waiting);
            long bobsBeforeTheSecondOfAnn = order.subList(0, order.indexOf("ann 1")).stream()
                    .filter(id -> id.startsWith("bob")).count();
            assertThat(bobsBeforeTheSecondOfAnn).as("%s", order).isBetween(7L, 8L);
        }
    }

    private static List<String> order(SloFleet fleet, Routed running, List<Routed> waiting) {
        List<String> order = new ArrayList<>();
        List<Routed> left = new ArrayList<>(waiting);
        Routed ending = running;
        while (!left.isEmpty()) {
            fleet.end(ending);
            ending = left.stream().filter(Routed::answered).findFirst().orElseThrow();
            left.remove(ending);
            order.add(ending.request().id());
        }
        return order;
    }

    // ---- shares

    @Test
    void shouldKeepAShareFree() {
        try (SloFleet fleet = SloFleet.of(2, Map.of("reserved-interactive", "0.25")).share(0.25)) {
            List<Routed> normal = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                normal.add(fleet.submit(fleet.request("" + i)));
            }
            assertThat(normal.stream().filter(Routed::answered)).as("three quarters of two pods").hasSize(6);
            Routed one = fleet.submit(fleet.request("urgent").withPriority(INTERACTIVE));
            Routed two = fleet.submit(fleet.request("urgent too").withPriority(INTERACTIVE));
            assertThat(one.answered() && two.answered()).isTrue();
            fleet.end(one);
            assertThat(normal.getLast().answered()).as("it is kept again").isFalse();
            fleet.end(normal.getFirst());
            assertThat(normal.getLast().answered()).isTrue();
        }
    }

    @Test
    void shouldLetAClassUseItsShareWhileMoreUrgentOnesWait() {
        try (SloFleet fleet = SloFleet.of(2, Map.of("reserved-bulk", "0.25")).share(0.25)) {
            List<Routed> urgent = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                urgent.add(fleet.submit(fleet.request("" + i).withPriority(INTERACTIVE)));
            }
            assertThat(urgent.stream().filter(Routed::answered)).hasSize(6);
            Routed first = fleet.submit(fleet.request("bulk 1").withPriority(BULK));
            Routed second = fleet.submit(fleet.request("bulk 2").withPriority(BULK));
            Routed third = fleet.submit(fleet.request("bulk 3").withPriority(BULK));
            assertThat(first.answered() && second.answered()).isTrue();
            assertThat(third.answered()).isFalse();
            fleet.end(urgent.getFirst());
            assertThat(urgent.get(6).answered()).as("what bulk has used is not kept for it again").isTrue();
            assertThat(third.answered()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"reserved-bulk, 1.1", "reserved-bulk, -0.1", "max-queued, 0", "cap, 0", "max-wait, 0s",
        "look-again, 0s", "max-in-flight, 0", "max-queued-bytes, 0"})
    void shouldNotBeMadeOfSettingsThatMakeNoSense(String name, String value) {
        try (SloFleet fleet = SloFleet.of(1, Map.of(name, value)).share(0.1)) {
            assertThat(fleet.submit(fleet.request("1")).fallbackReason()).isEqualTo("unavailable");
        }
    }
}
