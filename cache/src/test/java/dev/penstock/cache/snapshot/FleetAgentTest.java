package dev.penstock.cache.snapshot;

import static dev.penstock.cache.snapshot.HandDrivenCache.onPorts;
import static dev.penstock.cache.snapshot.HandDrivenCache.pod;
import static dev.penstock.cache.snapshot.HandDrivenCache.readiness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetAgentTest {

    private final HandDrivenCache cache = new HandDrivenCache(4096, 2);

    @Test
    void shouldPublishWhatSourcesTell() {
        cache.upsert(pod("a", "1", "m"));

        Snapshot fleet = cache.publish();

        assertThat(fleet.version()).isEqualTo(1);
        assertThat(cache.only("m").name()).isEqualTo("a");
        assertThat(cache.model("m").ready().size()).isEqualTo(1);
        assertThat(cache.model("m").baseModel()).isEqualTo("m");
    }

    @Test
    void shouldPublishAtMostOnceIn10Milliseconds() {
        cache.upsert(pod("a", "1", "m"));
        cache.publish();
        cache.upsert(pod("b", "2", "m"));
        cache.now += FleetAgent.PUBLISH_INTERVAL_NANOS - 1;
        cache.cycle();
        assertThat(cache.fleet().version()).isEqualTo(1);
        cache.upsert(pod("c", "3", "m"));
        cache.cycle();
        assertThat(cache.agent.restNanos()).isEqualTo(1);

        cache.now += 1;
        cache.cycle();

        assertThat(cache.fleet().version()).isEqualTo(2);
        assertThat(cache.model("m").endpoints().size()).isEqualTo(3);
    }

    @Test
    void shouldTellWhichCommandsHaveTakenEffect() {
        cache.upsert(pod("a", "1", "m"));
        cache.publish();
        assertThat(cache.agent.settled()).isEqualTo(cache.proxy.posted()).isEqualTo(1);
        cache.upsert(pod("b", "2", "m"));
        cache.cycle();
        assertThat(cache.agent.settled()).as("taken, and not published yet").isEqualTo(1);
        cache.publish();
        assertThat(cache.agent.settled()).isEqualTo(2);

        cache.upsert(pod("b", "2", "m"));
        cache.cycle();

        assertThat(cache.agent.settled()).as("nothing to publish").isEqualTo(3);
    }

    @Test
    void shouldNotPublishWhereNothingChanged() {
        cache.replace(List.of(pod("a", "1", "m")));
        cache.publish();
        cache.replace(List.of(pod("a", "1", "m")));

        cache.publish();

        assertThat(cache.fleet().version()).isEqualTo(1);
        assertThat(cache.agent.restNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldTellListenersOfEachPublication() {
        List<Long> seen = new ArrayList<>();
        cache.agent.onPublish(() -> seen.add(cache.fleet().version()));
        cache.upsert(pod("a", "1", "m"));
        cache.publish();
        cache.upsert(pod("b", "2", "m"));
        cache.publish();

        assertThat(seen).containsExactly(1L, 2L);
    }

    @Test
    void shouldKeepSlotFiguresAndModelsOverAnUpdate() {
        PodSpec spec = pod("a", "1", "m", "adapter");
        cache.upsert(spec);
        cache.publish();
        PodView before = cache.only("m");
        cache.figures.addInFlight(before, 3);
        cache.figures.addPendingTokens(before, 70);
        cache.figures.reportGauge(before, Gauge.RUNNING, 5, cache.now);

        cache.upsert(readiness(spec, false));
        cache.publish();

        PodView after = cache.only("m");
        assertThat(after.sameEndpoint(before)).isTrue();
        assertThat(after.ready()).isFalse();
        assertThat(cache.model("m").ready().size()).isZero();
        assertThat(cache.model("adapter").endpoints().contains(before)).isTrue();
        assertThat(cache.figures.inFlight(after)).isEqualTo(3);
        assertThat(cache.figures.pendingTokens(after)).isEqualTo(70);
        assertThat(cache.figures.gauge(after, Gauge.RUNNING)).isEqualTo(5);
    }

    @Test
    void shouldTakeAnotherUidForAnotherPod() {
        cache.upsert(pod("a", "1", "m"));
        cache.publish();
        PodView before = cache.only("m");
        cache.figures.addInFlight(before, 1);

        cache.upsert(pod("a", "2", "m"));
        cache.publish();

        PodView after = cache.only("m");
        assertThat(after.uid()).isEqualTo("2");
        assertThat(after.slot()).isNotEqualTo(before.slot());
        assertThat(cache.figures.inFlight(after)).isZero();
        assertThat(cache.fleet().contains(before)).isFalse();
        cache.figures.addInFlight(before, -1);
        assertThat(cache.figures.inFlight(before)).isZero();
        assertThat(cache.figures.inFlight(after)).isZero();
    }

    @Test
    void shouldKeepTheNewPodWhenTheOldOneIsRemovedLate() {
        PodSpec old = pod("a", "1", "m");
        cache.upsert(old);
        cache.upsert(pod("a", "2", "m"));
        cache.remove(old);

        cache.publish();

        assertThat(cache.only("m").uid()).isEqualTo("2");
    }

    @Test
    void shouldFreeASlotOnlyWhenNothingIsInFlightAndAllShardsHaveSeenItLeave() {
        PodSpec gone = pod("a", "1", "m");
        cache.upsert(gone);
        cache.publish();
        PodView left = cache.only("m");
        cache.figures.addInFlight(left, 1);
        cache.remove(gone);
        cache.publish();
        long version = cache.fleet().version();

        cache.agent.acknowledge(0, version);
        cache.upsert(pod("b", "2", "m"));
        cache.publish();
        assertThat(cache.only("m").slot()).as("a shard has not seen it").isNotEqualTo(left.slot());

        cache.agent.acknowledge(1, version);
        cache.cycle();
        cache.upsert(pod("c", "3", "n"));
        cache.publish();
        assertThat(cache.only("n").slot()).as("a request is in flight").isNotEqualTo(left.slot());

        cache.figures.addInFlight(left, -1);
        cache.cycle();
        cache.upsert(pod("d", "4", "o"));
        cache.publish();
        assertThat(cache.only("o").slot()).isEqualTo(left.slot());
        assertThat(cache.only("o").generation()).isNotEqualTo(left.generation());
    }

    @Test
    void shouldNotCountForAnEndpointWhoseSlotHasAnother() {
        PodSpec gone = pod("a", "1", "m");
        cache.upsert(gone);
        cache.publish();
        PodView left = cache.only("m");
        cache.figures.reportGauge(left, Gauge.WAITING, 9, cache.now);
        cache.remove(gone);
        cache.publish();
        cache.acknowledgeAll();
        cache.upsert(pod("b", "2", "m"));
        cache.publish();
        PodView next = cache.only("m");
        assertThat(next.slot()).isEqualTo(left.slot());

        cache.figures.addInFlight(left, 1);
        cache.figures.addPendingTokens(left, 100);
        cache.figures.reportInFlightRemote(left, 7);
        cache.figures.reportGauge(left, Gauge.RUNNING, 8, cache.now);

        assertThat(cache.figures.inFlight(next)).isZero();
        assertThat(cache.figures.pendingTokens(next)).isZero();
        assertThat(cache.figures.gauge(next, Gauge.RUNNING)).isNaN();
        assertThat(cache.figures.gauge(next, Gauge.WAITING)).isNaN();
        assertThat(cache.figures.inFlight(left)).isZero();
    }

    @Test
    void shouldMakeAnEndpointOfEachPort() {
        PodSpec spec = pod("a", "1", "m");
        cache.upsert(onPorts(spec, 8000, 8001));
        cache.publish();
        PodView first = cache.model("m").endpoints().get(0);
        PodView second = cache.model("m").endpoints().get(1);
        assertThat(first.slot()).isNotEqualTo(second.slot());

        cache.upsert(onPorts(spec, 8001, 8002));
        cache.publish();

        assertThat(cache.model("m").endpoints().size()).isEqualTo(2);
        assertThat(cache.model("m").endpoints().contains(second)).isTrue();
        assertThat(cache.model("m").endpoints().contains(first)).isFalse();
    }

    @Test
    void shouldGroupByLabelUnlessThePodNamesItsGroup() {
        PodSpec byLabel = new PodSpec(new PodIdentity("ns", "a", "1"), "h", List.of(1), null, "vllm", true,
                Map.of("group", "blue"), Map.of(), Set.of("m"));
        PodSpec byName = new PodSpec(new PodIdentity("ns", "b", "2"), "h", List.of(2), "green", "vllm", true,
                Map.of("group", "blue"), Map.of(), Set.of("m"));
        cache.replace(List.of(byLabel, byName, pod("c", "3", "m")));

        cache.publish();

        assertThat(cache.model("m").endpoints().groups()).isEqualTo(3);
        assertThat(cache.model("m").endpoints().groupName(0)).isEmpty();
        assertThat(cache.model("m").endpoints().groupName(1)).isEqualTo("blue");
        assertThat(cache.model("m").endpoints().groupName(2)).isEqualTo("green");
    }

    @Test
    void shouldNotSendToAPodWithoutAddress() {
        cache.upsert(new PodSpec(new PodIdentity("ns", "a", "1"), "", List.of(8000), null, "vllm", true, Map.of(),
                Map.of(), Set.of("m")));
        cache.publish();

        assertThat(cache.model("m").endpoints().size()).isEqualTo(1);
        assertThat(cache.model("m").ready().size()).isZero();
    }

    @Test
    void shouldResolveAliases() {
        cache.replace(List.of(pod("a", "1", "m")), new ModelSpec("m", Set.of("gpt-4"), "random", "pd"));
        cache.publish();
        assertThat(cache.model("gpt-4").baseModel()).isEqualTo("m");
        assertThat(cache.model("gpt-4").endpoints()).isSameAs(cache.model("m").endpoints());
        assertThat(cache.model("gpt-4").strategy()).isEqualTo("random");
        assertThat(cache.model("gpt-4").lockedStrategy()).isEqualTo("pd");

        cache.replace(List.of(pod("a", "1", "m"), pod("b", "2", "m")), new ModelSpec("m", Set.of("gpt-5"), null, null));
        cache.publish();

        assertThat(cache.fleet().model("gpt-4")).isNull();
        assertThat(cache.model("gpt-5").endpoints().size()).isEqualTo(2);
        assertThat(cache.model("m").strategy()).isNull();
    }

    @Test
    void shouldPreferAModelToAnAliasOfItsName() {
        cache.replace(List.of(pod("a", "1", "m"), pod("b", "2", "n")), new ModelSpec("m", Set.of("n"), null, null));
        cache.publish();
        assertThat(cache.only("n").name()).isEqualTo("b");

        cache.remove(pod("b", "2", "n"));
        cache.publish();

        assertThat(cache.model("n").baseModel()).isEqualTo("m");
    }

    @Test
    void shouldKeepPodsOfOtherSources() {
        cache.replace(List.of(pod("a", "1", "m")));
        cache.proxy.offer(new CacheCommand.PodsReplaced("other", new FleetSpec(List.of(pod("b", "2", "m")),
                List.of())));
        cache.publish();
        assertThat(cache.model("m").endpoints().size()).isEqualTo(2);

        cache.replace(List.of());
        cache.publish();

        assertThat(cache.only("m").name()).isEqualTo("b");
    }

    @Test
    void shouldShowPodsBeyondTheLastSlotOnceOneIsFree() {
        HandDrivenCache small = new HandDrivenCache(2, 1);
        PodSpec first = pod("a", "1", "m");
        small.replace(List.of(first, pod("b", "2", "m"), pod("c", "3", "m")));
        small.publish();
        assertThat(small.model("m").endpoints().size()).isEqualTo(2);
        assertThat(small.agent.published().slots().waitingPods()).isEqualTo(1);

        small.remove(first);
        small.publish();
        small.acknowledgeAll();
        small.publish();

        assertThat(small.model("m").endpoints().size()).isEqualTo(2);
        assertThat(small.model("m").endpoints().get(1).name()).isEqualTo("c");
        assertThat(small.agent.published().slots().waitingPods()).isZero();
    }

    @Test
    void shouldRefuseCommandsThatItHasNoRoomFor() {
        for (int i = 0; i < 1024; i++) {
            assertThat(cache.proxy.offer(new CacheCommand.PodRemoved("test", "ns", "a", "1"))).isTrue();
        }
        assertThat(cache.proxy.offer(new CacheCommand.PodRemoved("test", "ns", "a", "1"))).isFalse();
        assertThat(cache.proxy.refused()).isEqualTo(1);
    }

    @Test
    void shouldCopyOnlyWhatChangedOf5000Pods() {
        HandDrivenCache large = new HandDrivenCache(8192, 1);
        List<PodSpec> pods = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            pods.add(pod("p" + i, "u" + i, "m" + i % 50));
        }
        large.replace(pods);
        Snapshot before = large.publish();
        assertThat(large.ledger.change()).isEqualTo(new PublishedChange(79, 50));

        large.upsert(readiness(pods.get(17), false));
        Snapshot after = large.publish();

        System.out.println("5,000 pods of 50 models, one changed: copied " + large.ledger.change());
        assertThat(large.ledger.change()).isEqualTo(new PublishedChange(1, 1));
        assertThat(after.model("m3")).isSameAs(before.model("m3"));
        assertThat(after.endpoint(4_000)).isSameAs(before.endpoint(4_000));
    }
}
