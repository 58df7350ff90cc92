package dev.penstock.server.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** One mailbox, driven by hand: no thread but the test's. */
class ShardMailboxTest {

    private final TestShards shards = new TestShards(2);
    private final List<String> heard = new ArrayList<>();
    private final List<RoutingContext> kept = new ArrayList<>();

    private final class Listener implements Router {
        @Override
        public void route(RoutingContext context) {
            heard.add("route " + context.request().id());
            context.select(context.candidates().get(0));
        }

        @Override
        public void firstByte(RoutingContext context, PodView endpoint) {
            heard.add("first byte " + context.request().id());
        }

        @Override
        public void ended(RoutingContext context, PodView endpoint, Usage usage) {
            heard.add("ended " + context.request().id());
        }

        @Override
        public void kvEvent(KvEvent event) {
            heard.add(event.getClass().getSimpleName());
        }

        @Override
        public void snapshotChanged(Snapshot snapshot) {
            heard.add("snapshot " + snapshot.version());
        }

        @Override
        public void woken(long nowNanos) {
            heard.add("woken");
        }
    }

    private RoutingAttempt told(String id, String strategy) {
        return shards.attempt(id, strategy, attempt -> heard.add("answer " + attempt.request().id()));
    }

    @Test
    void shouldDrainTheLanesInTheirOrder() {
        shards.with("s", true, environment -> {
            environment.wakeAt(environment.nanoTime() + 1);
            return new Listener();
        });
        ShardMailbox mailbox = shards.mailbox();
        RoutingAttempt first = told("1", "s");
        mailbox.submit(first);
        mailbox.serveOnThread();
        heard.clear();

        mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)));
        mailbox.submit(told("2", "s"));
        first.firstByte();
        first.ended(Usage.UNKNOWN);
        shards.nanos.addAndGet(10);
        mailbox.serveOnThread();

        assertThat(heard).containsExactly("first byte 1", "ended 1", "route 2", "answer 2", "woken", "Cleared");
    }

    @Test
    void shouldRefuseAndCountWhereTheRingIsFull() {
        ShardMailbox mailbox = shards.mailbox();
        for (int i = 0; i < shards.ringCapacity; i++) {
            assertThat(mailbox.submit(told("" + i, ""))).isTrue();
        }

        assertThat(mailbox.submit(told("late", ""))).isFalse();

        assertThat(mailbox.stats().refused()).isEqualTo(1);
        assertThat(mailbox.stats().waiting()).isEqualTo(shards.ringCapacity);
        mailbox.serveOnThread();
        assertThat(heard).hasSize(shards.ringCapacity);
        assertThat(mailbox.submit(told("again", ""))).isTrue();
    }

    @Test
    void shouldSkipACanceledAttempt() {
        shards.with("s", true, environment -> new Listener());
        ShardMailbox mailbox = shards.mailbox();
        RoutingAttempt canceled = told("1", "s");
        mailbox.submit(canceled);
        assertThat(canceled.cancel()).isTrue();
        mailbox.submit(told("2", "s"));

        mailbox.serveOnThread();

        assertThat(heard).containsExactly("route 2", "answer 2");
        assertThat(shards.fleet.allInFlight()).isEqualTo(1);
    }

    @Test
    void shouldServeAtOnceOnALoopAndLeaveTheRestAfterItsShare() {
        ShardMailbox mailbox = shards.begun();
        for (int i = 0; i < 9; i++) {
            mailbox.submit(told("" + i, ""));
        }
        assertThat(heard).isEmpty();
        shards.onLoop = true;

        mailbox.submit(told("9", ""));

        assertThat(heard).hasSize(8);
        assertThat(mailbox.stats().servedOnLoop()).isEqualTo(8);
        mailbox.serveOnThread();
        assertThat(heard).hasSize(10);
        assertThat(mailbox.stats().servedOnThread()).isEqualTo(2);
    }

    @Test
    void shouldLeaveTheRestOnALoopWhenItsTimeIsUp() {
        shards.with("slow", true, environment -> context -> {
            shards.nanos.addAndGet(30_000);
            context.select(context.candidates().get(0));
        });
        ShardMailbox mailbox = shards.begun();
        for (int i = 0; i < 5; i++) {
            mailbox.submit(told("" + i, "slow"));
        }
        shards.onLoop = true;

        mailbox.submit(told("5", "slow"));

        assertThat(mailbox.stats().servedOnLoop()).isEqualTo(2);
        assertThat(mailbox.stats().waiting()).isEqualTo(4);
    }

    @Test
    void shouldLeaveNewsOfTheFleetToTheThreadAndAllThatComesAfterIt() {
        shards.with("s", true, environment -> new Listener());
        ShardMailbox mailbox = shards.begun();
        shards.onLoop = true;
        mailbox.submit(told("1", "s"));
        shards.fleet.publish(List.of(TestFleet.pod(0)));
        mailbox.snapshotChanged();

        mailbox.submit(told("2", "s"));

        assertThat(heard).containsExactly("route 1", "answer 1");
        mailbox.serveOnThread();
        assertThat(heard).containsExactly("route 1", "answer 1", "snapshot 2", "route 2", "answer 2");
        mailbox.submit(told("3", "s"));
        assertThat(heard).endsWith("route 3", "answer 3");
        assertThat(mailbox.stats().servedOnLoop()).isEqualTo(2);
    }

    @Test
    void shouldTellOfKvEventsOnTheThreadOnly() {
        shards.with("s", true, environment -> new Listener());
        ShardMailbox mailbox = shards.begun();
        shards.onLoop = true;
        mailbox.submit(told("1", "s"));
        mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)));

        mailbox.submit(told("2", "s"));

        assertThat(heard).containsExactly("route 1", "answer 1", "route 2", "answer 2");
        mailbox.serveOnThread();
        assertThat(heard).endsWith("Cleared");
    }

    @Test
    void shouldWakeRoutersOnTheThreadOnly() {
        shards.with("s", true, environment -> {
            environment.wakeAt(environment.nanoTime() + 1);
            return new Listener();
        });
        ShardMailbox mailbox = shards.begun();
        shards.onLoop = true;
        mailbox.submit(told("1", "s"));
        shards.nanos.addAndGet(10);

        mailbox.submit(told("2", "s"));

        assertThat(heard).containsExactly("route 1", "answer 1");
        mailbox.serveOnThread();
        assertThat(heard).containsExactly("route 1", "answer 1", "route 2", "answer 2", "woken");
    }

    @Test
    void shouldLeaveLongPromptsToTheThread() {
        shards.with("s", true, environment -> new Listener());
        ShardMailbox mailbox = shards.begun();
        shards.onLoop = true;

        mailbox.submit(shards.attempt(FakeRequest.plain().withId("long").withPrefixHashes(new long[65]), "s",
                attempt -> heard.add("answer long")));

        assertThat(heard).isEmpty();
        mailbox.serveOnThread();
        assertThat(heard).containsExactly("route long", "answer long");
        mailbox.submit(shards.attempt(FakeRequest.plain().withId("short").withPrefixHashes(new long[64]), "s",
                attempt -> heard.add("answer short")));
        assertThat(heard).endsWith("route short", "answer short");
    }

    @Test
    void shouldNotRecurseWhereAnOwnerSubmitsWhileItIsTold() {
        ShardMailbox mailbox = shards.begun();
        shards.onLoop = true;

        mailbox.submit(shards.attempt("outer", "", attempt -> {
            heard.add("outer begins");
            mailbox.submit(told("inner", ""));
            heard.add("outer ends");
        }));

        assertThat(heard).containsExactly("outer begins", "outer ends", "answer inner");
    }

    @Test
    void shouldPutAsideWhatALoopMustNotServe() {
        shards.with("bounded", true, environment -> new Listener())
                .with("free", false, environment -> new Listener());
        ShardMailbox mailbox = shards.begun();
        mailbox.submit(told("1", "bounded"));
        mailbox.submit(told("2", "free"));
        mailbox.submit(told("3", "bounded"));
        shards.onLoop = true;

        mailbox.submit(told("4", "bounded"));
        mailbox.submit(told("5", "bounded"));

        assertThat(heard).containsExactly("route 1", "answer 1");
        assertThat(mailbox.threadOnly()).isFalse();
        assertThat(mailbox.stats().waiting()).isEqualTo(4);
        mailbox.serveOnThread();
        assertThat(heard).filteredOn(text -> text.startsWith("answer"))
                .containsExactly("answer 1", "answer 2", "answer 3", "answer 4", "answer 5");
        assertThat(mailbox.threadOnly()).isTrue();

        mailbox.submit(told("6", "bounded"));
        assertThat(mailbox.stats().waiting()).isEqualTo(1);
    }

    @Test
    void shouldAcknowledgeFleetsWhileIdle() {
        ShardMailbox mailbox = shards.mailbox();
        shards.fleet.onPublish(mailbox::snapshotChanged);
        mailbox.serveOnThread();
        assertThat(shards.fleet.acknowledged).containsExactly(1L);

        shards.fleet.publish(List.of(TestFleet.pod(1)));
        mailbox.serveOnThread();

        assertThat(shards.fleet.acknowledged).containsExactly(1L, 2L);
    }

    @Test
    void shouldWakeARouterAtTheTimeThatItAskedFor() {
        shards.with("s", true, environment -> {
            environment.wakeAt(environment.nanoTime() + 500);
            return new Listener();
        });
        ShardMailbox mailbox = shards.mailbox();
        mailbox.submit(told("1", "s"));
        mailbox.serveOnThread();
        heard.clear();

        shards.nanos.addAndGet(499);
        mailbox.serveOnThread();
        assertThat(heard).isEmpty();
        shards.nanos.addAndGet(1);
        mailbox.serveOnThread();
        mailbox.serveOnThread();

        assertThat(heard).containsExactly("woken");
    }

    @Test
    void shouldResynchronizeAnEndpointOnceWhereItsKvEventsWereDropped() {
        shards.with("s", true, environment -> new Listener());
        ShardMailbox mailbox = shards.mailbox();
        mailbox.submit(told("1", "s"));
        mailbox.serveOnThread();
        heard.clear();

        for (int i = 0; i < shards.ringCapacity + 3; i++) {
            mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)));
        }
        mailbox.serveOnThread();
        mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)));
        mailbox.serveOnThread();

        assertThat(heard).hasSize(shards.ringCapacity + 2).filteredOn("Resync"::equals).hasSize(1);
        assertThat(heard.get(shards.ringCapacity)).isEqualTo("Resync");
        assertThat(shards.count("penstock_kv_events_dropped shard 0")).isEqualTo(3);
    }

    @Test
    void shouldSayWhetherThereIsRoomForKvEvents() {
        ShardMailbox mailbox = shards.mailbox();
        int taken = 0;
        while (mailbox.hasRoomForKvEvents()) {
            assertThat(mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)))).isTrue();
            taken++;
        }
        assertThat(taken).isEqualTo(shards.ringCapacity / 2);
        while (taken++ < shards.ringCapacity) {
            assertThat(mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)))).isTrue();
        }
        assertThat(mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)))).isFalse();

        mailbox.serveOnThread();
        assertThat(mailbox.hasRoomForKvEvents()).isTrue();
    }

    @Test
    void shouldDropWhatReplicasTellWithoutResynchronizingWhereThereIsNoRoom() {
        shards.with("s", true, environment -> new Listener());
        ShardMailbox mailbox = shards.mailbox();
        mailbox.submit(told("1", "s"));
        mailbox.serveOnThread();
        heard.clear();

        for (int i = 0; i < shards.ringCapacity + 3; i++) {
            mailbox.kvEvent(new KvEvent.Expected(TestFleet.pod(0), new long[] {i}, 1));
        }
        mailbox.serveOnThread();
        mailbox.kvEvent(new KvEvent.Cleared(TestFleet.pod(0)));
        mailbox.serveOnThread();

        assertThat(heard).hasSize(shards.ringCapacity + 1).doesNotContain("Resync").endsWith("Cleared");
        assertThat(shards.count("penstock_kv_events_dropped shard 0")).isEqualTo(3);
    }

    @Test
    void shouldLetTheFallbackChooseWhereALateAnswerNamesAPodThatHasLeft() {
        shards.with("later", true, environment -> kept::add);
        ShardMailbox mailbox = shards.mailbox();
        List<RoutingAttempt> answers = new ArrayList<>();
        mailbox.submit(shards.attempt("later", answers::add));
        mailbox.serveOnThread();
        shards.fleet.publish(List.of(TestFleet.pod(1)));

        CompletableFuture.supplyAsync(() -> kept.getFirst().select(TestFleet.pod(0))).join();
        mailbox.serveOnThread();

        assertThat(answers).singleElement().satisfies(attempt -> {
            assertThat(attempt.plan()).isNotNull().extracting(plan -> plan.endpoint().name()).isEqualTo("pod-1");
            assertThat(attempt.fallbackReason()).isEqualTo("endpoint_left");
        });
    }
}
