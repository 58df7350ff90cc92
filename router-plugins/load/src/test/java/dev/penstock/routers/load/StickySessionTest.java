package dev.penstock.routers.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Candidates;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StickySessionTest {

    private static final String STRATEGY = "sticky-session";
    private static final Duration TTL = Duration.ofHours(2);

    private final Random random = new Random(Long.getLong("penstock.test.seed", 1));

    private static FakeRequest session(String key) {
        return FakeRequest.plain().withSessionKey(key);
    }

    private static TestShard with(Map<String, String> settings, int pods) {
        TestShard shard = TestShard.builder().router(new LoadProviders.StickySession(), settings).build();
        for (int i = 1; i <= pods; i++) {
            shard.fleet().add("p" + i);
        }
        return shard;
    }

    private static Map<String, Integer> spread(TestShard shard, int sessions) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < sessions; i++) {
            counts.merge(LoadFleet.pod(shard, STRATEGY, session("s" + i)), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void shouldKeepASessionAtItsPodHoweverBusyThatIs() {
        TestShard shard = LoadFleet.of(4);
        String pod = LoadFleet.pod(shard, STRATEGY, session("a"));
        shard.load().inFlight(shard.pod(pod), 1_000);
        assertThat(LoadFleet.taken(shard, STRATEGY, session("a"))).containsExactly(pod);
    }

    @Test
    void shouldGiveEachPodAsManySessions() {
        assertThat(spread(LoadFleet.of(5), 50).values()).containsOnly(10);
    }

    @Test
    void shouldGiveAPodThatComesTheNewSessionsUntilItHasAsMany() {
        TestShard shard = LoadFleet.of(2);
        spread(shard, 10);
        shard.fleet().add("p3");
        for (int i = 0; i < 5; i++) {
            assertThat(LoadFleet.pod(shard, STRATEGY, session("new" + i))).isEqualTo("p3");
        }
    }

    @Test
    void shouldForgetASessionThatWasIdleForLong() {
        TestShard shard = LoadFleet.of(2);
        String first = LoadFleet.pod(shard, STRATEGY, session("a"));
        String other = LoadFleet.pod(shard, STRATEGY, session("b"));
        assertThat(other).isNotEqualTo(first);
        shard.clock().advance(TTL.minusNanos(1));
        LoadFleet.pod(shard, STRATEGY, session("b"));
        shard.clock().advance(Duration.ofNanos(1));
        // a is forgotten, so its pod has the fewest; b was used meanwhile and stays.
        assertThat(LoadFleet.pod(shard, STRATEGY, session("c"))).isEqualTo(first);
        assertThat(LoadFleet.taken(shard, STRATEGY, session("b"))).containsExactly(other);
    }

    @Test
    void shouldMoveASessionForGoodWhenItsPodLeaves() {
        TestShard shard = LoadFleet.of(3);
        String before = LoadFleet.pod(shard, STRATEGY, session("a"));
        shard.fleet().ready(before, false);
        String after = LoadFleet.pod(shard, STRATEGY, session("a"));
        assertThat(after).isNotEqualTo(before);
        shard.fleet().ready(before, true);
        assertThat(LoadFleet.taken(shard, STRATEGY, session("a"))).containsExactly(after);
    }

    @Test
    void shouldNotTakeAnotherPodOfTheSameNameForTheOneThatLeft() {
        TestShard shard = LoadFleet.of(1);
        spread(shard, 6);
        shard.fleet().replace("p1");
        shard.fleet().add("p2");
        assertThat(spread(shard, 6)).containsOnly(Map.entry("p1", 3), Map.entry("p2", 3));
    }

    @Test
    void shouldForgetTheSessionThatWasIdleForLongestWhenThereAreTooMany() {
        TestShard shard = with(Map.of("max-sessions", "2"), 3);
        String first = LoadFleet.pod(shard, STRATEGY, session("a"));
        LoadFleet.pod(shard, STRATEGY, session("b"));
        LoadFleet.pod(shard, STRATEGY, session("c"));
        assertThat(LoadFleet.pod(shard, STRATEGY, session("d"))).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({"key, id, ann, key", ", id, ann, id", "'', id, ann, id", ", , ann, ann"})
    void shouldGoBySessionKeyThenSessionIdThenUser(String key, String id, String user, String same) {
        TestShard shard = LoadFleet.of(50);
        FakeRequest request = FakeRequest.plain().withSessionKey(key).withSessionId(id).withUser(user);
        String pod = LoadFleet.pod(shard, STRATEGY, request);
        spread(shard, 100);
        assertThat(LoadFleet.pod(shard, STRATEGY, session(same))).isEqualTo(pod);
    }

    @Test
    void shouldTakeTheFewestInFlightAndSaySoWithoutASession() {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.inFlight(shard, 2, 0, 2);
        Routed routed = shard.route(STRATEGY, FakeRequest.plain().wantingNotes());
        assertThat(routed.pod()).isEqualTo("p2");
        assertThat(routed.headers().values()).anyMatch(notes -> notes.contains("sticky-session=in_flight"));
        assertThat(shard.counter(STRATEGY, "substituted_in_flight")).isOne();
    }

    @Test
    void shouldOutweighOthersInAnExpressionOnceTheSessionIsKnown() {
        TestShard shard = LoadFleet.of(3);
        String expression = "least-kv-cache:1,sticky-session:2";
        String pod = LoadFleet.pod(shard, expression, session("a"));
        assertThat(LoadFleet.taken(shard, expression, session("a"))).containsExactly(pod);
    }

    @ParameterizedTest
    @CsvSource({"ttl, 0s", "max-sessions, 0", "max-sessions, 3000000000"})
    void shouldNotBeMadeWithSettingsThatMakeNoSense(String setting, String value) {
        TestShard shard = with(Map.of(setting, value), 2);
        assertThat(shard.route(STRATEGY, session("a")).fallbackReason()).isEqualTo("unavailable");
    }

    @RepeatedTest(20)
    void shouldAgreeWithASimpleTable() {
        int most = 1 + random.nextInt(8);
        long ttl = 1L + random.nextInt(30);
        Candidates pods = Objects.requireNonNull(LoadFleet.of(4).fleet().current().model(FakeFleet.MODEL)).ready();
        Sessions sessions = new Sessions(ttl, most);
        record Kept(int pod, long usedNanos) {}
        Map<Long, Kept> table = new HashMap<>();
        long now = 0;
        for (int step = 0; step < 2_000; step++) {
            now += 1 + random.nextInt(3);
            long time = now;
            long used = 1L + random.nextInt(12);
            int pod = random.nextInt(pods.size());
            sessions.used(used, pods.get(pod), now);
            table.values().removeIf(kept -> time - kept.usedNanos() >= ttl);
            table.remove(used);
            if (table.size() == most) {
                table.remove(Collections.min(table.entrySet(),
                        Map.Entry.comparingByValue(Comparator.comparingLong(Kept::usedNanos))).getKey());
            }
            table.put(used, new Kept(pod, now));
            for (long key = 1; key <= 12; key++) {
                Kept kept = table.get(key);
                assertThat(sessions.indexIn(pods, key, now)).isEqualTo(kept == null ? -1 : kept.pod());
            }
            for (int i = 0; i < pods.size(); i++) {
                int there = i;
                assertThat(sessions.at(pods.get(i)))
                        .isEqualTo((int) table.values().stream().filter(kept -> kept.pod() == there).count());
            }
        }
    }
}
