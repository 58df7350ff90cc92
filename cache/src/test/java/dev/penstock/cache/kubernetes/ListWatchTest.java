package dev.penstock.cache.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.core.port.Metrics;
import dev.penstock.testkit.HandClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What follows what, on a clock that is moved by hand. */
class ListWatchTest {

    private static final ApiException GONE = new ApiException(410, "too old resource version");
    private static final ApiException LOST = new ApiException(0, "connection reset");
    private static final ApiException AWAY = new ApiException(0, "cannot connect");
    private static final ApiException ABSENT = new ApiException(404, "the server could not find the resource");

    private final HandClock clock = new HandClock();
    private final FakeServer server = new FakeServer();
    private final CountedMetrics counted = new CountedMetrics();
    private final Outbox outbox = new Outbox(new CacheProxy(1 << 16));
    /** What the cache would hold. */
    private final Map<String, String> told = new HashMap<>();
    private final ListWatch<String> watched = listWatch(false);

    private ListWatch<String> listWatch(boolean mayBeAbsent) {
        Kind<String> kind = new Kind<>("things", mayBeAbsent, value -> {
            told.put(value.split("=", 2)[0], value);
            return upserted(value);
        }, (key, uid) -> {
            assertThat(uid).isEqualTo("uid-" + key.name());
            told.remove(key.name());
            return new CacheCommand.AdapterRemoved("test", key.namespace(), key.name());
        });
        return new ListWatch<>("things", kind, server, outbox, new KubernetesMetrics(counted, "things"),
                new ListWatch.Surroundings(server::call, server.inbox::add, clock::nanoTime,
                        new ListWatch.Times(TimeUnit.MINUTES.toNanos(5), TimeUnit.MINUTES.toNanos(3),
                                TimeUnit.SECONDS.toNanos(30)), new Random(1)));
    }

    private static CacheCommand upserted(String value) {
        return new CacheCommand.AdapterUpserted("test", new AdapterSpec("ns", value, Set.of()));
    }

    /** Lets the owning thread do what there is to do now. */
    private void turn(ListWatch<String> one) {
        do {
            while (!server.inbox.isEmpty()) {
                server.inbox.poll().run();
            }
        } while (one.doWork() > 0 || !server.inbox.isEmpty());
    }

    private void turn() {
        turn(watched);
    }

    private void after(Duration time) {
        clock.advance(time);
        turn();
    }

    private Set<String> names() {
        return new TreeSet<>(told.keySet());
    }

    // ---- list and watch

    @Test
    void shouldListAndThenWatchFromThere() {
        server.holds("a", "b");

        turn();

        assertThat(names()).containsExactly("a", "b");
        assertThat(watched.complete()).isTrue();
        assertThat(server.watch().version).isEqualTo("2");
        server.watch().sink.changed(FakeServer.object("c"));
        server.watch().sink.changed(FakeServer.object("a", "a=2"));
        server.watch().sink.gone(new ObjectKey("ns", "b"), "uid-b");
        turn();
        assertThat(told).isEqualTo(Map.of("a", "a=2", "c", "c"));
        assertThat(counted.value("penstock_kubernetes_events")).isEqualTo(3);
        assertThat(server.limits).hasSize(1);
    }

    @Test
    void shouldReadLongListsInParts() {
        server.inPagesOf(2);
        server.holds("a", "b", "c", "d", "e");

        turn();

        assertThat(names()).containsExactly("a", "b", "c", "d", "e");
        assertThat(server.limits).containsExactly(500, 500, 500);
    }

    @Test
    void shouldNotMistakeANewObjectForTheOldOneOfItsName() {
        server.holds("a");
        turn();

        server.watch().sink.gone(new ObjectKey("ns", "a"), "uid-of-another");
        turn();

        assertThat(names()).containsExactly("a");
    }

    @Test
    void shouldTellNothingTwice() {
        server.holds("a");
        turn();
        long changes = watched.changes();

        server.watch().sink.changed(FakeServer.object("a"));
        after(Duration.ofMinutes(5));

        assertThat(server.limits).hasSize(2);
        assertThat(watched.changes()).isEqualTo(changes);
    }

    // ---- a watch that ends

    @Test
    void shouldListAtOnceWhenAWatchThatWorkedIsLost() {
        server.holds("a", "b");
        turn();
        server.watch().sink.bookmark();
        server.holds("b", "c");
        server.watch().sink.ended(LOST);

        turn();

        assertThat(names()).containsExactly("b", "c");
        assertThat(server.watches).hasSize(2);
        assertThat(server.watch().version).isEqualTo("3");
        assertThat(counted.value("penstock_kubernetes_watch_ends")).isEqualTo(1);
    }

    @Test
    void shouldListWhenTheServerHasForgottenTheVersion() {
        server.holds("a");
        turn();
        server.holds("b");
        server.watch().sink.ended(GONE);

        turn();

        assertThat(names()).containsExactly("b");
        assertThat(counted.value("penstock_kubernetes_watch_ends")).isEqualTo(1);
    }

    @Test
    void shouldCountGhostsThatOnlyAListFinds() {
        server.holds("a", "ghost");
        turn();
        server.holds("a");

        after(Duration.ofMinutes(5));

        assertThat(names()).containsExactly("a");
        assertThat(counted.value("penstock_kubernetes_missed", "gone")).isEqualTo(1);
        assertThat(counted.value("penstock_kubernetes_missed", "changed")).isZero();
    }

    @Test
    void shouldNotAskWithoutEndWhenWatchesNeverHold() {
        server.failsToWatch(LOST);
        server.holds("a");

        for (int second = 0; second < 600; second++) {
            after(Duration.ofSeconds(1));
        }

        // Delays of 0.5 s to 30 s, each at most halved by chance.
        assertThat(server.limits.size()).isBetween(15, 50);
        assertThat(names()).containsExactly("a");
        assertThat(watched.problem()).isEqualTo("watch lost: connection reset");
    }

    @Test
    void shouldTryAgainSoonAfterAWatchThatHeldForLong() {
        server.holds("a");
        turn();
        after(Duration.ofSeconds(40));
        server.watch().sink.ended(LOST);
        turn();

        assertThat(server.limits).hasSize(2);
        assertThat(server.watches).hasSize(2);
    }

    @Test
    void shouldIgnoreWhatAWatchTellsThatWasGivenUp() {
        server.holds("a");
        turn();
        FakeServer.FakeWatch old = server.watch();
        old.sink.ended(LOST);
        turn();

        old.sink.changed(FakeServer.object("x"));
        old.sink.ended(LOST);
        turn();

        assertThat(old.closed).isTrue();
        assertThat(names()).containsExactly("a");
        assertThat(server.watches).hasSize(2);
    }

    // ---- silence

    @Test
    void shouldGiveUpAWatchThatSaysNothing() {
        server.holds("a");
        turn();
        FakeServer.FakeWatch silent = server.watch();
        server.holds("b");

        after(Duration.ofMinutes(2));
        assertThat(silent.closed).isFalse();
        after(Duration.ofMinutes(1));
        after(Duration.ofSeconds(1));

        assertThat(silent.closed).isTrue();
        assertThat(names()).containsExactly("b");
        assertThat(counted.value("penstock_kubernetes_watch_ends", "silent")).isEqualTo(1);
    }

    @Test
    void shouldTakeBookmarksForASignOfLife() {
        server.holds("a");
        turn();

        for (int minute = 0; minute < 4; minute++) {
            after(Duration.ofMinutes(1));
            server.watch().sink.bookmark();
            turn();
        }

        assertThat(server.watches).hasSize(1);
        assertThat(clock.nanoTime() - watched.goodNanos()).isZero();
    }

    @Test
    void shouldGiveUpAListThatIsNotAnswered() {
        server.hanging = true;
        turn();

        after(Duration.ofSeconds(30));

        assertThat(server.canceled).isEqualTo(1);
        assertThat(watched.problem()).isEqualTo("no answer within 30s");
        assertThat(watched.complete()).isFalse();
        server.hanging = false;
        server.holds("a");
        after(Duration.ofSeconds(1));
        assertThat(names()).containsExactly("a");
        // The answer that comes after all.
        server.holds("late");
        server.hung.remove().run();
        turn();
        assertThat(names()).containsExactly("a");
    }

    @Test
    void shouldGiveUpAWatchThatIsNeverOpened() {
        server.holds("a");
        server.hanging = true;
        turn();
        server.hung.remove().run();
        turn();
        assertThat(names()).containsExactly("a");
        assertThat(server.hung).hasSize(1);

        after(Duration.ofMinutes(3));

        assertThat(server.canceled).isEqualTo(1);
        // It opens after all, and nobody wants it any more.
        server.hung.remove().run();
        turn();
        assertThat(server.watch().closed).isTrue();
    }

    // ---- outages

    @Test
    void shouldWaitForAServerThatIsAwayAtTheStart() {
        server.failsToList(AWAY);
        turn();
        for (int second = 0; second < 120; second++) {
            after(Duration.ofSeconds(1));
        }

        assertThat(watched.complete()).isFalse();
        assertThat(watched.problem()).isEqualTo("cannot connect");
        assertThat(watched.failures()).isBetween(5, 15);
        server.failsToList(null);
        server.holds("a");
        after(Duration.ofSeconds(30));
        assertThat(watched.complete()).isTrue();
        assertThat(watched.problem()).isNull();
        assertThat(names()).containsExactly("a");
    }

    @Test
    void shouldKeepWhatItKnowsInAnOutage() {
        server.holds("a", "b");
        turn();
        long good = watched.goodNanos();
        server.failsToList(AWAY);
        server.watch().sink.ended(LOST);

        for (int second = 0; second < 600; second++) {
            after(Duration.ofSeconds(1));
        }

        assertThat(names()).containsExactly("a", "b");
        assertThat(watched.complete()).isTrue();
        assertThat(watched.goodNanos()).isEqualTo(good);
        server.failsToList(null);
        after(Duration.ofSeconds(30));
        assertThat(watched.goodNanos()).isEqualTo(clock.nanoTime());
    }

    @Test
    void shouldGoOnWatchingWhenAPeriodicListFails() {
        server.holds("a");
        turn();
        after(Duration.ofMinutes(2));
        server.watch().sink.bookmark();
        turn();
        server.hanging = true;
        after(Duration.ofMinutes(3).minusSeconds(1));
        server.watch().sink.changed(FakeServer.object("b"));
        turn();
        assertThat(names()).as("the list may be newer").containsExactly("a");

        server.failsToList(new ApiException(429, "too many requests"));
        server.hung.remove().run();
        turn();

        assertThat(names()).containsExactly("a", "b");
        assertThat(server.watch().closed).isFalse();
        server.watch().sink.changed(FakeServer.object("c"));
        turn();
        assertThat(names()).containsExactly("a", "b", "c");
    }

    @Test
    void shouldTakeAListForNewerThanWhatTheWatchToldMeanwhile() {
        server.holds("a");
        turn();
        after(Duration.ofMinutes(2));
        server.watch().sink.bookmark();
        turn();
        server.hanging = true;
        after(Duration.ofMinutes(3).minusSeconds(1));
        FakeServer.FakeWatch old = server.watch();
        old.sink.changed(FakeServer.object("b"));
        turn();
        server.hanging = false;
        server.holds("a", "c");
        server.hung.remove().run();
        turn();

        assertThat(names()).containsExactly("a", "c");
        assertThat(old.closed).isTrue();
        assertThat(server.watch()).isNotSameAs(old);
    }

    @Test
    void shouldReadInOnePieceWhatChangesFasterThanItCanBeReadInParts() {
        server.failsToList(GONE);
        turn();
        server.failsToList(null);
        server.holds("a");
        after(Duration.ofSeconds(1));

        assertThat(names()).containsExactly("a");
        assertThat(server.limits).containsExactly(500, 0);
    }

    // ---- kinds that are not there

    @Test
    void shouldFindAKindThatComesLater() {
        ListWatch<String> optional = listWatch(true);
        server.failsToList(ABSENT);
        turn(optional);

        assertThat(optional.absent()).isTrue();
        assertThat(optional.complete()).isTrue();
        assertThat(optional.problem()).isNull();
        server.failsToList(null);
        server.holds("a");
        clock.advance(Duration.ofMinutes(5));
        turn(optional);
        assertThat(optional.absent()).isFalse();
        assertThat(names()).containsExactly("a");
    }

    @Test
    void shouldForgetTheObjectsOfAKindThatIsGone() {
        ListWatch<String> optional = listWatch(true);
        server.holds("a");
        turn(optional);
        server.failsToList(ABSENT);
        server.watch().sink.ended(LOST);
        turn(optional);

        assertThat(told).isEmpty();
        assertThat(optional.absent()).isTrue();
    }

    @Test
    void shouldMissAKindThatMustBeThere() {
        server.failsToList(ABSENT);
        turn();

        assertThat(watched.complete()).isFalse();
        assertThat(watched.problem()).isEqualTo("404 the server could not find the resource");
    }

    // ---- refused objects

    @Test
    void shouldTellOfWhatIsRefusedAsLongAsItIs() {
        ObjectKey key = new ObjectKey("ns", "bad");
        server.holds(List.of(FakeServer.object("a"), Reading.refused(key, "uid-bad", List.of("odd"))));
        turn();

        assertThat(names()).containsExactly("a");
        assertThat(watched.refused()).isEqualTo(Map.of(key, List.of("odd")));
        server.watch().sink.changed(FakeServer.object("bad"));
        turn();
        assertThat(names()).containsExactly("a", "bad");
        assertThat(watched.refused()).isEmpty();
        server.watch().sink.changed(Reading.refused(key, "uid-bad", List.of("odd again")));
        turn();
        assertThat(names()).containsExactly("a");
        server.watch().sink.gone(key, "uid-bad");
        turn();
        assertThat(watched.refused()).isEmpty();
    }

    @Test
    void shouldEndItsCallsWhenItIsClosed() {
        server.holds("a");
        turn();

        watched.close();
        after(Duration.ofHours(1));

        assertThat(server.watch().closed).isTrue();
        assertThat(server.limits).hasSize(1);
    }

    /** Adds up what is counted. */
    private static final class CountedMetrics implements Metrics {
        private final Map<String, Long> values = new HashMap<>();

        long value(String name) {
            return values.entrySet().stream().filter(each -> each.getKey().startsWith(name + ","))
                    .mapToLong(Map.Entry::getValue).sum();
        }

        long value(String name, String label) {
            return values.entrySet().stream().filter(each -> each.getKey().startsWith(name + ",")
                    && each.getKey().endsWith("," + label)).mapToLong(Map.Entry::getValue).sum();
        }

        @Override
        public Count counter(String name, String help, String... labels) {
            String key = name + "," + String.join(",", labels);
            return new Count() {
                @Override
                public void add(long amount) {
                    values.merge(key, amount, Long::sum);
                }

                @Override
                public long value() {
                    return values.getOrDefault(key, 0L);
                }
            };
        }
    }
}
