package dev.penstock.cache.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.port.Figures;
import dev.penstock.spi.PodView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadShareTest {

    private static final List<PodSpec> PODS = HandDrivenReplica.pods(20);

    private final RedisServer server = RedisServer.start();
    private final HandDrivenReplica a = new HandDrivenReplica("a", server, PODS);
    private final HandDrivenReplica b = new HandDrivenReplica("b", server, PODS);

    @AfterEach
    void close() {
        a.close();
        b.close();
        server.close();
    }

    @Test
    void shouldSendABurstToThePodsThatAnotherReplicaHasLeftIdle() {
        HandDrivenReplica.meet(a, b);
        for (int i = 0; i < 300; i++) {
            a.cache.figures().addInFlight(a.pod("pod-" + i % 5), 1);
        }
        a.sync();
        b.sync();

        for (int i = 0; i < 900; i++) {
            assertThat(b.route().name()).isNotIn("pod-0", "pod-1", "pod-2", "pod-3", "pod-4");
        }
        IntStream.range(900, 1000).forEach(i -> b.route());

        List<Integer> all = IntStream.range(0, 20).mapToObj(i -> b.cache.figures().inFlight(b.pod("pod-" + i)))
                .toList();
        assertThat(all).allMatch(count -> count >= 64 && count <= 66);
        assertThat(all.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1300);
    }

    @Test
    void shouldCountWhatOthersHaveApartFromWhatItHasItself() {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.cache.figures().addPendingLoad(a.pod("pod-1"), Figures.LOAD_UNIT / 4);
        b.cache.figures().addInFlight(b.pod("pod-1"), 1);
        HandDrivenReplica.meet(a, b);

        assertThat(a.inFlightOfOthers("pod-1")).isEqualTo(1);
        assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);
        assertThat(b.cache.figures().inFlightLocal(b.pod("pod-1"))).isEqualTo(1);
        assertThat(b.cache.figures().loads().pendingRemote(b.pod("pod-1"))).isEqualTo(Figures.LOAD_UNIT / 4);
        assertThat(a.agent.others()).singleElement().asString().startsWith("b/");

        a.cache.figures().addInFlight(a.pod("pod-1"), -1);
        a.sync();
        b.sync();

        assertThat(b.inFlightOfOthers("pod-1")).isZero();
    }

    @Test
    void shouldForgetWhatADeadReplicaHadWhenItExpires() {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.sync();
        b.sync();
        assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);

        a.crash();
        for (int i = 0; i < 9; i++) {
            b.sync();
        }
        assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);
        b.sync();

        assertThat(b.inFlightOfOthers("pod-1")).isZero();
        assertThat(b.agent.others()).isEmpty();
    }

    @Test
    void shouldNeverBelieveWhatADeadReplicaLeftBehind() {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.sync();
        a.crash();

        try (HandDrivenReplica late = new HandDrivenReplica("a", server, PODS)) {
            HandDrivenReplica.meet(late, b, late);

            assertThat(late.inFlightOfOthers("pod-1")).isZero();
            assertThat(late.agent.others()).singleElement().asString().startsWith("b/");
        }
    }

    @Test
    void shouldRemoveWhatADeadReplicaLeftBehind() throws Exception {
        HandDrivenReplica.meet(a, b);
        a.crash();

        b.clock.advance(Duration.ofMinutes(2));
        b.sync();
        b.sync();

        assertThat(fields(b)).singleElement().asString().startsWith("b/");
    }

    @Test
    void shouldForgetAtOnceWhoTakesLeave() throws Exception {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.sync();
        b.sync();

        a.agent.onClose();
        a.redis.call("test", commands -> commands.ping()).toCompletableFuture().get(20, TimeUnit.SECONDS);
        b.sync();

        assertThat(b.inFlightOfOthers("pod-1")).isZero();
    }

    @Test
    void shouldHoldOnToWhatItKnowsUntilThatExpiresWhileRedisIsAway() {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.sync();
        b.sync();

        server.kill();
        b.sync();
        assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);
        b.clock.advance(Duration.ofSeconds(1));
        b.sync();
        assertThat(b.inFlightOfOthers("pod-1")).isZero();
        assertThat(b.counters.value("penstock_redis_failures", "use", "in-flight", "kind", "away")).isPositive();

        server.restart();
        while (b.inFlightOfOthers("pod-1") == 0) {
            a.sync();
            b.sync();
        }
    }

    @Test
    void shouldNotEmptyItsViewWhenRedisComesBackEmpty() {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.sync();
        b.sync();

        b.redis.call("test", commands -> commands.flushall());
        b.sync();

        assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);
    }

    @Test
    void shouldGoOnWhileRedisHangs() {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.sync();
        b.sync();

        server.hang();
        b.clock.advance(Duration.ofMillis(200));
        b.agent.doWork();
        assertThat(b.agent.asking()).isTrue();
        b.clock.advance(Duration.ofSeconds(2));
        b.agent.doWork();

        assertThat(b.inFlightOfOthers("pod-1")).isZero();
        server.goOn();
    }

    @Test
    void shouldNotCountForAPodThatWasMadeAnew() throws Exception {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        a.sync();
        b.sync();
        assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);

        b.tell(new CacheCommand.PodUpserted("start", HandDrivenReplica.pod("pod-1", "another")));
        PodView anew = b.pod("pod-1");
        assertThat(anew.uid()).isEqualTo("another");
        b.sync();

        assertThat(b.inFlightOfOthers("pod-1")).isZero();
    }

    @Test
    void shouldPassOverGarbageAndCountIt() throws Exception {
        HandDrivenReplica.meet(a, b);
        a.cache.figures().addInFlight(a.pod("pod-1"), 1);
        Map<String, String> garbage = Map.of("w", "", "x", "2;1;", "y", "1;1;zz,-5;", "z", "1;1;0,1,99999999999999999;",
                "v", "1;1;a,b;", "u", "1;1;!,1;", "t", "1;1;k,1");
        b.redis.call("test", commands -> commands.hset(LoadShare.KEY, garbage)).toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        a.sync();
        b.sync();

        assertThat(b.inFlightOfOthers("pod-1")).isEqualTo(1);
        assertThat(b.counters.value("penstock_redis_failures", "use", "in-flight", "kind", "content"))
                .isEqualTo(garbage.size());
    }

    @Test
    void shouldSurviveAnotherTypeUnderItsKey() throws Exception {
        b.redis.call("test", commands -> commands.set(LoadShare.KEY, "text")).toCompletableFuture()
                .get(20, TimeUnit.SECONDS);

        HandDrivenReplica.meet(a, b);

        assertThat(b.agent.others()).isEmpty();
        assertThat(b.counters.value("penstock_redis_failures", "use", "in-flight", "kind", "wrongtype")).isPositive();
    }

    @Test
    void shouldWriteOnceInAPeriodHoweverManyPodsThereAre() throws Exception {
        PODS.forEach(pod -> a.cache.figures().addInFlight(a.pod(pod.identity().name()), 1));
        long before = commands("hset");

        IntStream.range(0, 10).forEach(i -> a.sync());

        assertThat(commands("hset") - before).isEqualTo(10);
        assertThat(a.counters.value("penstock_replicas_sent_bytes", "what", "load") / 10)
                .as("characters in a report of 20 busy pods").isBetween(200L, 600L);
    }

    private long commands(String name) throws Exception {
        String info = a.redis.<String>call("test", commands -> commands.info("commandstats")).toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        return info.lines().filter(line -> line.startsWith("cmdstat_" + name + ":"))
                .map(line -> line.replaceAll("[^:]*:calls=(\\d+),.*", "$1")).mapToLong(Long::parseLong).findFirst()
                .orElse(0);
    }

    private static List<String> fields(HandDrivenReplica replica) throws Exception {
        return replica.redis.<List<String>>call("test", commands -> commands.hkeys(LoadShare.KEY))
                .toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
