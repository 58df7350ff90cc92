package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.TestShard;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What AIBrix's tests of {@code vtc-basic} say. */
class VtcFactsTest {

    /** [QUIRK] AIBrix rounds the bytes of the prompt up; here the host says how many tokens a prompt has. */
    @ParameterizedTest
    @CsvSource({"0, -1, 0", "1, -1, 2", "2, -1, 3", "3, -1, 5", "6, -1, 9", "6, 4, 4", "6, 20, 9", "6, 0, 0"})
    void shouldGuessTheAnswerByThePrompt(long prompt, long maxTokens, long answer) {
        assertThat(Estimate.of(prompt, maxTokens)).isEqualTo(new Estimate(prompt, answer));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 3, 5, 8", "1, 2, 10, 15, 40", "0.5, 0.5, 10, 15, 12.5", "1, 0, 10, 15, 10"})
    void shouldWeighTokens(double input, double output, long prompt, long answer, double weighted) {
        assertThat(new VtcSettings.TokenWeights(input, output).of(prompt, answer)).isEqualTo(weighted);
    }

    /** [BUG] AIBrix shuffles the pods before each choice; its tests, which do not, say what was meant. */
    @ParameterizedTest
    @CsvSource({"250, 1000, 80, 40, 10, p2", "2000, 4000, 10, 10, 10, p2", "0, 0, 10, 10, 10, p1",
        "0, 0, 90, 0, 0, p1", "500, 0, 60, 0, 0, p2", "5000, 0, 10, 90, 10, p2"})
    void shouldWeighTheUsersPlaceAndTheLoadOfPods(long prompt, long answer, double first, double second, double third,
            String pod) {
        TestShard shard = FairFleet.of(3);
        if (prompt > 0) {
            FairFleet.use(shard, "ann", prompt, answer);
        }
        FairFleet.running(shard, first, second, third);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly(pod);
    }

    /** With 0.5 for both weights; a user with as many tokens as a place stands for comes second. */
    @Test
    void shouldHeedItsWeights() {
        TestShard shard = FairFleet.of(3, Map.of("fairness-weight", "0.5", "utilization-weight", "0.5",
                "min-tokens", "4500", "max-tokens", "4500"));
        FairFleet.running(shard, 10, 10, 10);
        FairFleet.use(shard, "ann", 500, 2_000);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p2");
    }

    /** More tokens never mean an earlier pod. */
    @Test
    void shouldPutTheBusiestUsersLast() {
        TestShard shard = FairFleet.of(3);
        FairFleet.use(shard, "rare", 10, 0);
        FairFleet.use(shard, "usual", 1_000, 0);
        FairFleet.use(shard, "busy", 2_990, 0);
        FairFleet.use(shard, "busiest", 90_000, 0);
        assertThat(FairFleet.taken(shard, "rare")).containsExactly("p1");
        assertThat(FairFleet.taken(shard, "usual")).containsExactly("p1");
        assertThat(FairFleet.taken(shard, "busiest")).containsExactly("p3");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 4500", "500, 0, 1000", "2250, 0, 2250", "10000, 0, 10000", "500, 9500, 5000"})
    void shouldSayHowManyTokensAPlaceStandsFor(double ann, double bob, double bucket) {
        ModelUsers users = UsersTest.users(Map.of());
        users.settle(users.reserve("ann", 0, 0), 0, ann, 0);
        users.settle(users.reserve("bob", 0, 0), 0, bob, 0);
        assertThat(users.bucket()).isEqualTo(bucket);
    }

    @Test
    void shouldKeepThePlacesOfPodsWhateverTheOrderTheyCameIn() {
        String[][] orders = {{"a", "b", "c"}, {"c", "a", "b"}, {"b", "c", "a"}};
        for (String[] pods : orders) {
            TestShard shard = FairFleet.empty(Map.of());
            shard.fleet().add(pods);
            FairFleet.use(shard, "ann", 20_000, 0);
            FairFleet.use(shard, "bob", 1, 0);
            assertThat(FairFleet.taken(shard, "ann")).containsExactly("c");
            assertThat(FairFleet.taken(shard, "bob")).containsExactly("a");
        }
    }
}
