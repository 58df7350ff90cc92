package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LateAnswerTest {

    private final List<RoutingContext> held = new ArrayList<>();
    private final TestShard shard = TestShard.of(ScriptedProvider.of("later", held::add));

    private RoutingContext ask() {
        shard.serve();
        return held.getLast();
    }

    private static <T> T elsewhere(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call).join();
    }

    private long failures() {
        return shard.failures("later");
    }

    @Test
    void shouldTakeAnAnswerFromAnotherThread() {
        shard.fleet().add("p1", "p2");
        Routed submitted = shard.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        assertThat(elsewhere(() -> context.select(context.candidates().get(1)))).isTrue();
        assertThat(elsewhere(() -> context.select(context.candidates().get(0)))).isFalse();
        assertThat(submitted.answered()).isFalse();
        assertThat(shard.load().idle()).isTrue();
        shard.serve();
        assertThat(submitted.pod()).isEqualTo("p2");
    }

    @Test
    void shouldLetTheFallbackChooseWhereThePodHasLeft() {
        shard.fleet().add("p1", "p2");
        Routed submitted = shard.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = shard.pod("p2");
        shard.fleet().remove("p2");
        elsewhere(() -> context.select(asked));
        shard.serve();
        assertThat(submitted.pod()).isEqualTo("p1");
        assertThat(submitted.fallbackReason()).isEqualTo("endpoint_left");
        assertThat(failures()).as("not the router's fault").isZero();
    }

    @Test
    void shouldNotTakeTheSuccessorInTheSlot() {
        shard.fleet().add("p1", "p2");
        Routed submitted = shard.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = shard.pod("p2");
        shard.fleet().replace("p2").ready("p2", false);
        elsewhere(() -> context.select(asked));
        shard.serve();
        assertThat(submitted.pod()).isEqualTo("p1");
    }

    @Test
    void shouldTakeThePodAsItIsNow() {
        shard.fleet().add("p1", "p2");
        Routed submitted = shard.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = shard.pod("p2");
        shard.fleet().label("p2", "tier", "gold");
        elsewhere(() -> context.select(asked));
        shard.serve();
        assertThat(submitted.fallbackReason()).isNull();
        assertThat(submitted.endpoint()).isSameAs(shard.pod("p2"));
    }

    @Test
    void shouldFailWhereNobodyIsLeft() {
        shard.fleet().add("p1");
        Routed submitted = shard.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = shard.pod("p1");
        shard.fleet().remove("p1");
        elsewhere(() -> context.select(asked));
        shard.serve();
        assertThat(submitted.error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldCountLateAnswersThatWereNeverValid() {
        shard.fleet().add("p1").add("p2").model("other", "p2");
        Routed submitted = shard.submit("later", FakeRequest.plain().withModel("other"));
        RoutingContext context = ask();
        elsewhere(() -> context.select(shard.pod("p1")));
        shard.serve();
        assertThat(submitted.pod()).isEqualTo("p2");
        assertThat(submitted.fallbackReason()).isEqualTo("invalid_answer");
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void shouldDropAnAnswerThatComesAfterTheCancellation() {
        shard.fleet().add("p1");
        Routed submitted = shard.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        assertThat(submitted.cancel()).isTrue();
        assertThat(submitted.cancel()).isFalse();
        assertThat(context.revoked()).isTrue();
        assertThat(elsewhere(() -> context.select(context.candidates().get(0)))).isFalse();
        shard.serve();
        assertThat(submitted.answered()).isFalse();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldDropAnAnswerThatIsCanceledOnItsWay() {
        shard.fleet().add("p1");
        Routed submitted = shard.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        elsewhere(() -> context.select(context.candidates().get(0)));
        assertThat(submitted.cancel()).isTrue();
        shard.serve();
        assertThat(submitted.answered()).isFalse();
        assertThat(shard.load().idle()).isTrue();
    }

    /** Random interleavings: each attempt has one outcome or was canceled, and in the end nothing is counted. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldKeepEachPromiseExactlyOnce(long seed) {
        Random random = new Random(seed);
        shard.fleet().add("p1", "p2", "p3");
        List<Routed> all = new ArrayList<>();
        List<Routed> canceled = new ArrayList<>();
        List<Routed> ended = new ArrayList<>();
        for (int step = 0; step < 3_000; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> all.add(shard.submit("later", FakeRequest.plain()));
                case 2, 3 -> shard.serve();
                case 4 -> answer(random);
                case 5 -> pick(all, random).forEach(one -> {
                    if (one.cancel()) {
                        canceled.add(one);
                    }
                });
                case 6 -> pick(all, random).stream().filter(Routed::answered).forEach(one -> {
                    one.ended(Usage.UNKNOWN);
                    ended.add(one);
                });
                default -> {
                    String pod = "p" + (1 + random.nextInt(3));
                    shard.fleet().ready(pod, random.nextInt(3) != 0);
                }
            }
        }
        shard.serve();
        held.forEach(context -> context.abstain("at_the_end"));
        shard.serve();
        for (Routed one : all) {
            if (canceled.contains(one)) {
                assertThat(one.answered()).isFalse();
            } else {
                Routed outcome = one;
                assertThat(outcome.pod() == null).isEqualTo(outcome.error() != null);
                one.ended(Usage.UNKNOWN);
            }
        }
        assertThat(canceled).isNotEmpty();
        assertThat(ended).isNotEmpty();
        assertThat(shard.load().idle()).isTrue();
    }

    private void answer(Random random) {
        if (held.isEmpty()) {
            return;
        }
        RoutingContext context = held.get(random.nextInt(held.size()));
        switch (random.nextInt(4)) {
            case 0 -> context.fail(ErrorCode.SHED);
            case 1 -> context.abstain("no_idea");
            default -> context.select(context.candidates().get(random.nextInt(context.candidates().size())));
        }
    }

    private static List<Routed> pick(List<Routed> all, Random random) {
        return all.isEmpty() ? List.of() : List.of(all.get(random.nextInt(all.size())));
    }
}
