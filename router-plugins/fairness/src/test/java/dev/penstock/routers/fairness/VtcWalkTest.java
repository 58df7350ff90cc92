package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vtc-basic} does not look at all pods; it chooses as if it did. */
class VtcWalkTest {

    private static final String VTC = FairFleet.VTC;

    private static IntStream seeds() {
        int first = Integer.getInteger("penstock.test.seed", 1);
        return IntStream.range(first, first + 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldChooseEachOfThePodsThatTheFormulaSaysAndNoOther(int seed) {
        Random random = new Random(seed);
        int pods = 1 + random.nextInt(9);
        double fairness = random.nextInt(4) / 8.0;
        double utilization = random.nextInt(4) / 2.0;
        // With one user alone, a place stands for as many tokens as he has or for this many.
        TestShard shard = FairFleet.of(pods, Map.of("fairness-weight", String.valueOf(fairness),
                "utilization-weight", String.valueOf(utilization), "max-pod-load", "8", "min-tokens", "4096"));
        double tokens = random.nextInt(9) * 1_024;
        FairFleet.use(shard, "ann", (long) tokens, 0);
        double place = Math.min(tokens / Math.max(4_096, tokens == 0 ? 4_500 : tokens), pods - 1);
        List<Double> costs = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            PodView pod = shard.pod("p" + (i + 1));
            int inFlight = random.nextInt(4) * 3;
            double running = random.nextInt(3) == 0 ? Double.NaN : random.nextInt(4) * 3;
            shard.load().inFlight(pod, inFlight).gauge(pod, Gauge.RUNNING, running);
            double load = Double.isNaN(running) ? inFlight : Math.max(running, inFlight);
            costs.add(fairness * Math.abs(i - place) + utilization * Math.min(load / 8, 1));
        }
        FairFleet.running(shard);
        double least = costs.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        Set<String> best = new TreeSet<>();
        IntStream.range(0, pods).filter(i -> costs.get(i) == least).forEach(i -> best.add("p" + (i + 1)));
        // Of nine equal ones, 300 requests miss one by a chance of 10 to the minus 14.
        Set<String> taken = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            Routed routed = shard.route(VTC, FairFleet.of("ann").withBodyBytes(0));
            taken.add(String.valueOf(routed.pod()));
            routed.ended();
            shard.serve();
        }
        assertThat(taken).isEqualTo(best);
    }

    @Test
    void shouldTakeEqualPodsAsOften() {
        TestShard shard = FairFleet.of(5, Map.of("fairness-weight", "0"));
        FairFleet.running(shard, 3, 3, 2, 2, 2);
        Map<String, Integer> taken = new HashMap<>();
        for (int i = 0; i < 6_000; i++) {
            Routed routed = shard.route(VTC, FairFleet.of("ann"));
            taken.merge(String.valueOf(routed.pod()), 1, Integer::sum);
            routed.ended();
            shard.serve();
        }
        assertThat(taken).containsOnlyKeys("p3", "p4", "p5");
        // Six times the standard deviation.
        assertThat(taken.values()).allSatisfy(times -> assertThat(times).isCloseTo(2_000, within(220)));
    }

    @Test
    void shouldFollowAFleetThatChanges() {
        TestShard shard = FairFleet.empty(Map.of());
        shard.fleet().add("c", "b");
        FairFleet.use(shard, "light", 1, 0);
        FairFleet.use(shard, "heavy", 90_000, 0);
        assertThat(FairFleet.taken(shard, "light")).containsExactly("b");
        assertThat(FairFleet.taken(shard, "heavy")).containsExactly("c");
        shard.fleet().add("a", "d");
        assertThat(FairFleet.taken(shard, "light")).containsExactly("a");
        assertThat(FairFleet.taken(shard, "heavy")).containsExactly("c");
        shard.fleet().ready("a", false).ready("c", false);
        assertThat(FairFleet.taken(shard, "light")).containsExactly("b");
        assertThat(FairFleet.taken(shard, "heavy")).containsExactly("d");
    }

    @Test
    void shouldReadReportsAnewWhenTheFleetChanges() {
        TestShard shard = FairFleet.of(2, Map.of("fairness-weight", "0"));
        FairFleet.running(shard, 10, 20);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p1");
        shard.load().gauge(shard.pod("p1"), Gauge.RUNNING, 30);
        assertThat(FairFleet.taken(shard, "ann")).as("a moment later").containsExactly("p1");
        shard.fleet().add("p3");
        shard.load().gauge(shard.pod("p3"), Gauge.RUNNING, 40);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p2");
    }

    @ParameterizedTest
    @ValueSource(strings = {VTC, VTC + ":2,least-request:1"})
    void shouldOrderPodsByNameWhateverTheirGroups(String strategy) {
        TestShard shard = FairFleet.empty(Map.of("fairness-weight", "100"));
        shard.fleet().add("a", "b", "c").group("a", "2").group("b", "3").group("c", "1");
        FairFleet.use(shard, "light", 10, 0);
        FairFleet.use(shard, "usual", 5_005, 0);
        FairFleet.use(shard, "heavy", 10_000, 0);
        assertThat(FairFleet.taken(shard, strategy, FairFleet.of("light"))).containsExactly("a");
        assertThat(FairFleet.taken(shard, strategy, FairFleet.of("usual"))).containsExactly("b");
        assertThat(FairFleet.taken(shard, strategy, FairFleet.of("heavy"))).containsExactly("c");
    }

    @Test
    void shouldKeepTheOrdersOfModelsApart() {
        TestShard shard = FairFleet.of(3);
        shard.fleet().model("other", "p2", "p3");
        for (int i = 0; i < 3; i++) {
            assertThat(FairFleet.taken(shard, "ann")).containsExactly("p1");
            assertThat(FairFleet.taken(shard, VTC, FairFleet.of("ann").withModel("other"))).containsExactly("p2");
        }
    }

    @Test
    void shouldHeedWhichPodsARequestMayHave() {
        TestShard shard = FairFleet.of(3);
        Routed again = shard.submit(VTC, FairFleet.of("ann"), "", List.of(shard.pod("p1")));
        shard.serve();
        assertThat(again.pod()).isEqualTo("p2");
        again.ended();
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p1");
    }
}
