package dev.penstock.server.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The watchdog, driven by hand from within the router that hangs: as long as its call runs, it has not come back. */
class WatchdogTest {

    private static final long STALL_NANOS = 1000;

    private final TestShards shards = new TestShards(2);
    private final AtomicInteger newThreads = new AtomicInteger();
    private final List<RoutingAttempt> answers = new ArrayList<>();

    private void watch(ShardMailbox mailbox) {
        CompletableFuture.runAsync(() -> mailbox.watch(newThreads::incrementAndGet)).join();
    }

    private void stall(ShardMailbox mailbox) {
        watch(mailbox);
        shards.nanos.addAndGet(STALL_NANOS);
        watch(mailbox);
    }

    @Test
    void shouldLeaveAShardAloneWhoseRouterIsStillInTime() {
        ShardMailbox[] mailbox = new ShardMailbox[1];
        shards.with("slow", false, environment -> context -> {
            watch(mailbox[0]);
            shards.nanos.addAndGet(STALL_NANOS - 1);
            watch(mailbox[0]);
            context.select(context.candidates().get(0));
        });
        mailbox[0] = shards.mailbox();
        mailbox[0].submit(shards.attempt("slow", answers::add));

        assertThat(mailbox[0].serveOnThread()).isTrue();

        assertThat(answers).hasSize(1);
        assertThat(shards.epochs).isEmpty();
    }

    @Test
    void shouldGiveTheShardToAnotherServerAndQuarantineTheStrategy() {
        ShardMailbox[] mailbox = new ShardMailbox[1];
        boolean[] taken = {true};
        shards.with("hangs", false, environment -> context -> {
            stall(mailbox[0]);
            taken[0] = context.select(context.candidates().get(0));
        });
        mailbox[0] = shards.mailbox();
        RoutingAttempt stuck = shards.attempt("hangs", answers::add);
        mailbox[0].submit(stuck);
        mailbox[0].submit(shards.attempt("hangs", answers::add));

        assertThat(mailbox[0].serveOnThread()).as("its thread retires").isFalse();

        assertThat(taken[0]).as("a select of an old epoch does nothing").isFalse();
        assertThat(answers).isEmpty();
        assertThat(shards.fleet.allInFlight()).isZero();
        assertThat(shards.epochs).containsExactly(1);
        assertThat(newThreads).hasValue(1);
        assertThat(mailbox[0].stats().quarantined()).containsExactly("hangs");
        assertThat(stuck.askedInEpoch()).isZero();
        assertThat(stuck.cancel()).isTrue();

        mailbox[0].submit(shards.attempt("hangs", answers::add));
        assertThat(mailbox[0].serveOnThread()).isTrue();
        assertThat(answers).hasSize(2).allMatch(attempt -> attempt.plan() != null);
        assertThat(mailbox[0].stats().epoch()).isEqualTo(1);
    }

    @Test
    void shouldNoticeARouterThatKeepsAnswering() {
        ShardMailbox[] mailbox = new ShardMailbox[1];
        shards.with("hangs", false, environment -> context -> {
            watch(mailbox[0]);
            shards.nanos.addAndGet(STALL_NANOS);
            context.select(context.candidates().get(0));
            watch(mailbox[0]);
        });
        mailbox[0] = shards.mailbox();
        RoutingAttempt answered = shards.attempt("hangs", answers::add);
        mailbox[0].submit(answered);

        assertThat(mailbox[0].serveOnThread()).isFalse();

        assertThat(answers).isEmpty();
        assertThat(answered.cancel()).isFalse();
        assertThat(answered.isDone()).as("its owner reads the answer").isTrue();
        assertThat(answered.plan()).isNotNull();
        assertThat(shards.fleet.allInFlight()).isEqualTo(1);
    }

    @Test
    void shouldDropLateAnswersOfAnEarlierEpoch() {
        ShardMailbox[] mailbox = new ShardMailbox[1];
        List<RoutingContext> kept = new ArrayList<>();
        shards.with("later", false, environment -> kept::add)
                .with("hangs", false, environment -> context -> stall(mailbox[0]));
        mailbox[0] = shards.mailbox();
        mailbox[0].submit(shards.attempt("later", answers::add));
        mailbox[0].submit(shards.attempt("hangs", answers::add));
        mailbox[0].serveOnThread();

        CompletableFuture.runAsync(() -> kept.getFirst().select(TestFleet.pod(0))).join();
        mailbox[0].serveOnThread();

        assertThat(answers).isEmpty();
        assertThat(shards.fleet.allInFlight()).isZero();
    }

    @Test
    void shouldAcknowledgeTheFleetInPlaceOfAServerThatHangsInIt() {
        ShardMailbox[] mailbox = new ShardMailbox[1];
        shards.with("hangs", false, environment -> new Router() {
            @Override
            public void route(RoutingContext context) {
                context.select(context.candidates().get(0));
            }

            @Override
            public void podRemoved(PodView endpoint) {
                stall(mailbox[0]);
            }
        });
        mailbox[0] = shards.mailbox();
        shards.fleet.onPublish(() -> mailbox[0].snapshotChanged());
        mailbox[0].submit(shards.attempt("hangs", answers::add));
        mailbox[0].serveOnThread();
        shards.fleet.publish(List.of(TestFleet.pod(0)));
        assertThat(mailbox[0].serveOnThread()).isFalse();
        assertThat(shards.fleet.acknowledged).containsExactly(1L);

        mailbox[0].serveOnThread();

        assertThat(shards.fleet.acknowledged).containsExactly(1L, 2L);
    }

    @Test
    void shouldNotAskForAnotherThreadWhereALoopHangs() {
        ShardMailbox[] mailbox = new ShardMailbox[1];
        shards.with("hangs", true, environment -> context -> stall(mailbox[0]));
        mailbox[0] = shards.begun();
        shards.onLoop = true;

        mailbox[0].submit(shards.attempt("hangs", answers::add));

        assertThat(shards.epochs).containsExactly(1);
        assertThat(newThreads).hasValue(0);
    }

    @Test
    void shouldMakeTheRoutersAnewWhereATurnFails() {
        // What stands outside the fence, and must not throw, throws: the fleet's source.
        shards.with("good", true, environment -> context -> context.select(context.candidates().get(0)));
        ShardMailbox mailbox = shards.mailbox();
        mailbox.submit(shards.attempt("good", answers::add));
        shards.fleet.failOnce = true;

        mailbox.serveOnThread();

        assertThat(shards.epochs).containsExactly(1);
        assertThat(answers).hasSize(1);
        assertThat(mailbox.stats().quarantined()).isEmpty();
    }
}
