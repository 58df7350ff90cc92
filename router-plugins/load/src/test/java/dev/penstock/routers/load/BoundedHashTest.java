package dev.penstock.routers.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundedHashTest {

    private static final String STRATEGY = "bounded-hash";
    private static final int KEYS = 2_000;

    private final Random random = new Random(Long.getLong("penstock.test.seed", 1));

    @Test
    void shouldKeepAKeyAtItsPod() {
        TestShard shard = LoadFleet.of(10);
        for (int key = 0; key < 50; key++) {
            assertThat(LoadFleet.taken(shard, STRATEGY, session("k" + key))).hasSize(1);
        }
    }

    @Test
    void shouldSpreadKeysEvenly() {
        Map<String, Integer> counts = new TreeMap<>();
        places(LoadFleet.of(10)).values().forEach(pod -> counts.merge(pod, 1, Integer::sum));
        assertThat(counts).hasSize(10);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(140, 265));
    }

    @RepeatedTest(20)
    void shouldNeverFillAPodBeyondItsBound() {
        int pods = 2 + random.nextInt(12);
        TestShard shard = LoadFleet.of(pods);
        List<Routed> running = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            if (!running.isEmpty() && random.nextInt(3) == 0) {
                running.remove(random.nextInt(running.size())).ended();
                continue;
            }
            // Few keys, some of them hot.
            int key = (int) Math.abs(random.nextGaussian() * 3);
            Routed routed = shard.route(STRATEGY, session("k" + key));
            running.add(routed);
            double mean = (double) running.size() / pods;
            assertThat((double) shard.load().inFlight(shard.pod(String.valueOf(routed.pod()))))
                    .isLessThanOrEqualTo(1.25 * mean + 1);
        }
    }

    @RepeatedTest(5)
    void shouldMoveOnlyTheKeysOfAPodThatLeaves() {
        TestShard shard = LoadFleet.of(10);
        Map<String, String> before = places(shard);
        String gone = "p" + (1 + random.nextInt(10));
        shard.fleet().remove(gone);
        places(shard).forEach((key, pod) -> {
            if (!gone.equals(before.get(key))) {
                assertThat(pod).as(key).isEqualTo(before.get(key));
            }
        });
    }

    @Test
    void shouldMoveNoKeyButToThePodThatComes() {
        TestShard shard = LoadFleet.of(9);
        Map<String, String> before = places(shard);
        shard.fleet().add("p10");
        Map<String, String> after = places(shard);
        long moved = after.entrySet().stream().filter(place -> {
            boolean stays = place.getValue().equals(before.get(place.getKey()));
            assertThat(stays || place.getValue().equals("p10")).as(place.getKey()).isTrue();
            return !stays;
        }).count();
        assertThat(moved).as("a tenth of %s", KEYS).isBetween(130L, 275L);
    }

    @Test
    void shouldMoveOnlyTheKeysOfAPodThatIsFull() {
        TestShard shard = LoadFleet.of(5);
        Map<String, String> before = places(shard);
        LoadFleet.inFlight(shard, 0, 40, 0, 0, 0);
        // 1.25 times the mean of 41 requests on 5 pods is 11.
        places(shard).forEach((key, pod) -> {
            if ("p2".equals(before.get(key))) {
                assertThat(pod).isNotEqualTo("p2");
            } else {
                assertThat(pod).isEqualTo(before.get(key));
            }
        });
    }

    @Test
    void shouldAgreeWithAnotherBalancerWhoeverItMetFirst() {
        TestShard one = LoadFleet.of(6);
        TestShard other = LoadFleet.of(0);
        for (int i : new int[] {4, 2, 6, 1, 5, 3}) {
            other.fleet().add("p" + i, "10.0.0." + i, 8000, "");
        }
        assertThat(places(other)).isEqualTo(places(one));
    }

    @ParameterizedTest
    @CsvSource({"key, id, ann, key", ", id, ann, id", "'', id, ann, id", ", , ann, ann"})
    void shouldGoBySessionKeyThenSessionIdThenUser(String key, String id, String user, String same) {
        TestShard shard = LoadFleet.of(50);
        FakeRequest request = FakeRequest.plain().withSessionKey(key).withSessionId(id).withUser(user);
        assertThat(LoadFleet.taken(shard, STRATEGY, request)).containsExactly(LoadFleet.pod(shard, STRATEGY,
                session(same)));
        assertThat(shard.counter(STRATEGY, "substituted_in_flight")).isZero();
    }

    @Test
    void shouldGoByTheBeginningOfThePrompt() {
        TestShard shard = LoadFleet.of(50);
        long[] first = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        long[] sameBeginning = {1, 2, 3, 4, 5, 6, 7, 8, 10, 11};
        long[] other = {1, 2, 3, 4, 5, 6, 7, 12};
        String pod = LoadFleet.pod(shard, "prefix-hash", FakeRequest.plain().withPrefixHashes(first));
        assertThat(LoadFleet.taken(shard, "prefix-hash", FakeRequest.plain().withPrefixHashes(sameBeginning)))
                .containsExactly(pod);
        assertThat(LoadFleet.taken(shard, "prefix-hash", FakeRequest.plain().withPrefixHashes(other)))
                .doesNotContain(pod);
    }

    @Test
    void shouldRankPodsByTheirDrawWithinAnExpression() {
        TestShard shard = LoadFleet.of(10);
        Map<String, String> alone = places(shard);
        for (int key = 0; key < 100; key++) {
            assertThat(LoadFleet.pod(shard, "bounded-hash:2,least-request:1", session("k" + key)))
                    .isEqualTo(alone.get("k" + key));
        }
        assertThat(LoadFleet.taken(shard, "bounded-hash:1,least-request:1")).as("no key").hasSize(10);
    }

    private static Map<String, String> places(TestShard shard) {
        Map<String, String> places = new HashMap<>();
        for (int key = 0; key < KEYS; key++) {
            places.put("k" + key, LoadFleet.pod(shard, STRATEGY, session("k" + key)));
        }
        return places;
    }

    private static FakeRequest session(String key) {
        return FakeRequest.plain().withSessionKey(key);
    }
}
