package dev.penstock.routers.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Candidates;
import dev.penstock.testkit.FakeFleet;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The cheapest of each roleset, against a plain search. */
class BestBySetTest {

    private static final long SEED = Long.getLong("penstock.test.seed", 1);
    private static final int PODS = 40;
    private static final double[] COSTS = {-2.5, -1, -0.0, 0, 1e-300, 0.1, 1, 10, 1e300, Double.POSITIVE_INFINITY};

    private final Random random = new Random(SEED);
    private final Candidates pods = Objects.requireNonNull(new FakeFleet()
            .add(IntStream.range(0, PODS).mapToObj(i -> "p" + i).toArray(String[]::new)).current()
            .model(FakeFleet.MODEL)).ready();

    /** Pods of some rolesets, of which those with an even number have somebody of the other role. */
    private Legs legs(int sets) {
        Legs unsorted = new Legs();
        int[] counts = new int[sets];
        int[] others = new int[sets];
        for (int i = 0; i < PODS; i++) {
            int set = random.nextInt(sets);
            unsorted.add(pods.get(i), i, set);
            counts[set]++;
            others[set] = set % 2 == 0 ? 1 : 0;
        }
        Legs legs = new Legs();
        legs.sorted(unsorted, counts, others, sets);
        return legs;
    }

    @Test
    void shouldFindWhatAPlainSearchFinds() {
        for (int round = 0; round < 300; round++) {
            int sets = 1 + random.nextInt(12);
            Legs legs = legs(sets);
            for (int i = 0; i < legs.size(); i++) {
                legs.cost(i, COSTS[random.nextInt(COSTS.length)]);
            }
            if (legs.size() > 0 && random.nextInt(3) == 0) {
                legs.narrowTo(random.nextInt(legs.size()));
            } else if (legs.size() > 0 && random.nextInt(3) == 0) {
                legs.narrowToSet(legs.set(random.nextInt(legs.size())));
            }
            compare(legs, sets);
        }
    }

    private void compare(Legs legs, int sets) {
        BestBySet best = new BestBySet(legs, random);
        best.find(sets, 4);
        for (int set = 0; set < sets; set++) {
            int number = set;
            List<Integer> left = IntStream.range(legs.first(), legs.end()).filter(leg -> legs.set(leg) == number)
                    .boxed().toList();
            double least = left.stream().mapToDouble(legs::cost).min().orElse(Double.POSITIVE_INFINITY);
            assertThat(best.share(set)).as("seed %d", SEED).isEqualTo(least / 4);
            if (least < Double.POSITIVE_INFINITY) {
                assertThat(left).contains(best.leg(set));
                assertThat(legs.cost(best.leg(set)) == least).isTrue();
            } else {
                assertThat(best.leg(set)).isEqualTo(-1);
            }
        }
    }

    @Test
    void shouldTakeEachOfEqualOnesAsOften() {
        Legs legs = legs(1);
        for (int i = 0; i < legs.size(); i++) {
            legs.cost(i, i % 10 == 3 ? 1 : 2);
        }
        BestBySet best = new BestBySet(legs, random);
        best.find(1, 2);
        int[] taken = new int[PODS];
        for (int i = 0; i < 4_000; i++) {
            taken[best.leg(0)]++;
        }
        assertThat(Arrays.stream(taken).sum()).isEqualTo(taken[3] + taken[13] + taken[23] + taken[33]);
        for (int leg = 3; leg < PODS; leg += 10) {
            assertThat(taken[leg]).as("1,000, by six standard deviations; seed %d", SEED).isBetween(830, 1_170);
        }
    }
}
