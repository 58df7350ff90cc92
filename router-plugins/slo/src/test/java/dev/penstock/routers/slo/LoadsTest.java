package dev.penstock.routers.slo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Candidates;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.TestShard;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is found in one pass over some endpoints, against what a plain search finds. */
class LoadsTest {

    private static final int PODS = 12;
    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    private final TestShard shard = TestShard.builder().build();
    private final Random random = new Random(SEED);
    private final Loads loads = new Loads(shard.load());

    private Candidates pods() {
        shard.fleet().add(IntStream.range(0, PODS).mapToObj(i -> "p" + i).toArray(String[]::new));
        return Objects.requireNonNull(shard.fleet().current().model(FakeFleet.MODEL)).ready();
    }

    @Test
    void shouldFindTheLeastAndAllThatHaveIt() {
        Candidates pods = pods();
        for (int round = 0; round < 200; round++) {
            int[] inFlight = random.ints(PODS, 0, 4).toArray();
            for (int i = 0; i < PODS; i++) {
                shard.load().inFlight(pods.get(i), inFlight[i]);
            }
            int start = random.nextInt(PODS);
            int end = start + 1 + random.nextInt(PODS - start);
            loads.take(pods, start, end, false);
            int[] asked = Arrays.copyOfRange(inFlight, start, end);
            int least = Arrays.stream(asked).min().orElseThrow();
            List<Integer> leastLoaded = IntStream.range(0, asked.length).filter(i -> asked[i] == least).boxed()
                    .toList();
            assertThat(IntStream.range(0, loads.size()).mapToDouble(loads::at))
                    .containsExactlyElementsOf(Arrays.stream(asked).asDoubleStream().boxed().toList());
            assertThat(loads.least()).as("seed %d", SEED).isEqualTo(least);
            assertThat(loads.lastOfLeast()).isEqualTo(leastLoaded.getLast());
            assertThat(loads.anyOfLeast(random)).isIn(leastLoaded);
            assertThat(loads.total()).isEqualTo(Arrays.stream(asked).sum());
        }
    }

    @Test
    void shouldTakeEachOfThoseThatHaveTheLeastAsOften() {
        Candidates pods = pods();
        for (int i = 0; i < PODS; i++) {
            shard.load().inFlight(pods.get(i), i % 3 == 1 ? 2 : 5);
        }
        loads.take(pods, 0, PODS, false);
        int[] taken = new int[PODS];
        for (int i = 0; i < 4_000; i++) {
            taken[loads.anyOfLeast(random)]++;
        }
        for (int i = 0; i < PODS; i++) {
            // 1,000 of each, by six standard deviations.
            assertThat(taken[i]).as("pod %d, seed %d", i, SEED).isBetween(i % 3 == 1 ? 830 : 0, i % 3 == 1 ? 1_170 : 0);
        }
    }

    @Test
    void shouldCountSharesWhereAProfileTells() {
        Candidates pods = pods();
        double[] shares = DoubleStream.generate(random::nextDouble).limit(PODS).toArray();
        for (int i = 0; i < PODS; i++) {
            shard.load().inFlight(pods.get(i), 1).pendingLoad(pods.get(i), shares[i]);
        }
        loads.take(pods, 0, PODS, true);
        assertThat(loads.total()).as("the profile has just come: nothing is counted yet").isZero();
        shard.forecasts().profile(SloFleet.profile("", 0.1, 1, SloFleet.WITHIN_TEN_SECONDS));
        loads.take(pods, 0, PODS, true);
        for (int i = 0; i < PODS; i++) {
            assertThat(loads.at(i)).isEqualTo(shares[i]);
        }
        assertThat(loads.least()).isEqualTo(Arrays.stream(shares).min().orElseThrow());
    }
}
