package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.testing.FakeRequest;
import dev.penstock.core.testing.Outcome;
import dev.penstock.core.testing.RoutingFixture;
import dev.penstock.core.testing.Submitted;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
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
    private final RoutingFixture fixture = RoutingFixture.of(ScriptedProvider.of("later", held::add));

    private RoutingContext ask() {
        fixture.serve();
        return held.getLast();
    }

    private static <T> T elsewhere(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call).join();
    }

    private long failures() {
        return fixture.metrics().value("penstock_router_failures", "strategy", "later");
    }

    @Test
    void shouldTakeAnAnswerFromAnotherThread() {
        fixture.fleet().add("p1", "p2");
        Submitted submitted = fixture.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        assertThat(elsewhere(() -> context.select(context.candidates().get(1)))).isTrue();
        assertThat(elsewhere(() -> context.select(context.candidates().get(0)))).isFalse();
        assertThat(submitted.answered()).isFalse();
        assertThat(fixture.figures().idle()).isTrue();
        fixture.serve();
        assertThat(submitted.outcome().pod()).isEqualTo("p2");
    }

    @Test
    void shouldLetTheFallbackChooseWhereThePodHasLeft() {
        fixture.fleet().add("p1", "p2");
        Submitted submitted = fixture.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = fixture.pod("p2");
        fixture.fleet().remove("p2");
        elsewhere(() -> context.select(asked));
        fixture.serve();
        assertThat(submitted.outcome().pod()).isEqualTo("p1");
        assertThat(submitted.outcome().fallbackReason()).isEqualTo("endpoint_left");
        assertThat(failures()).as("not the router's fault").isZero();
    }

    @Test
    void shouldNotTakeTheSuccessorInTheSlot() {
        fixture.fleet().add("p1", "p2");
        Submitted submitted = fixture.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = fixture.pod("p2");
        fixture.fleet().replace("p2").ready("p2", false);
        elsewhere(() -> context.select(asked));
        fixture.serve();
        assertThat(submitted.outcome().pod()).isEqualTo("p1");
    }

    @Test
    void shouldTakeThePodAsItIsNow() {
        fixture.fleet().add("p1", "p2");
        Submitted submitted = fixture.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = fixture.pod("p2");
        fixture.fleet().label("p2", "tier", "gold");
        elsewhere(() -> context.select(asked));
        fixture.serve();
        assertThat(submitted.outcome().fallbackReason()).isNull();
        assertThat(submitted.attempt().plan()).isNotNull().satisfies(plan ->
                assertThat(plan.endpoint()).isSameAs(fixture.pod("p2")));
    }

    @Test
    void shouldFailWhereNobodyIsLeft() {
        fixture.fleet().add("p1");
        Submitted submitted = fixture.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        PodView asked = fixture.pod("p1");
        fixture.fleet().remove("p1");
        elsewhere(() -> context.select(asked));
        fixture.serve();
        assertThat(submitted.outcome().error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
        assertThat(fixture.figures().idle()).isTrue();
    }

    @Test
    void shouldCountLateAnswersThatWereNeverValid() {
        fixture.fleet().add("p1").add("p2").model("other", "p2");
        Submitted submitted = fixture.submit("later", FakeRequest.plain().withModel("other"));
        RoutingContext context = ask();
        elsewhere(() -> context.select(fixture.pod("p1")));
        fixture.serve();
        assertThat(submitted.outcome().pod()).isEqualTo("p2");
        assertThat(submitted.outcome().fallbackReason()).isEqualTo("invalid_answer");
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void shouldDropAnAnswerThatComesAfterTheCancellation() {
        fixture.fleet().add("p1");
        Submitted submitted = fixture.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        assertThat(submitted.attempt().cancel()).isTrue();
        assertThat(submitted.attempt().cancel()).isFalse();
        assertThat(context.revoked()).isTrue();
        assertThat(elsewhere(() -> context.select(context.candidates().get(0)))).isFalse();
        fixture.serve();
        assertThat(submitted.answered()).isFalse();
        assertThat(fixture.figures().idle()).isTrue();
    }

    @Test
    void shouldDropAnAnswerThatIsCanceledOnItsWay() {
        fixture.fleet().add("p1");
        Submitted submitted = fixture.submit("later", FakeRequest.plain());
        RoutingContext context = ask();
        elsewhere(() -> context.select(context.candidates().get(0)));
        assertThat(submitted.attempt().cancel()).isTrue();
        fixture.serve();
        assertThat(submitted.answered()).isFalse();
        assertThat(fixture.figures().idle()).isTrue();
    }

    /** Random interleavings: each attempt has one outcome or was canceled, and in the end nothing is counted. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldKeepEachPromiseExactlyOnce(long seed) {
        Random random = new Random(seed);
        fixture.fleet().add("p1", "p2", "p3");
        List<Submitted> all = new ArrayList<>();
        List<Submitted> canceled = new ArrayList<>();
        List<Submitted> ended = new ArrayList<>();
        for (int step = 0; step < 3_000; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> all.add(fixture.submit("later", FakeRequest.plain()));
                case 2, 3 -> fixture.serve();
                case 4 -> answer(random);
                case 5 -> pick(all, random).forEach(one -> {
                    if (one.attempt().cancel()) {
                        canceled.add(one);
                    }
                });
                case 6 -> pick(all, random).stream().filter(Submitted::answered).forEach(one -> {
                    one.attempt().ended(Usage.UNKNOWN);
                    ended.add(one);
                });
                default -> {
                    String pod = "p" + (1 + random.nextInt(3));
                    fixture.fleet().ready(pod, random.nextInt(3) != 0);
                }
            }
        }
        fixture.serve();
        held.forEach(context -> context.abstain("at_the_end"));
        fixture.serve();
        for (Submitted one : all) {
            if (canceled.contains(one)) {
                assertThat(one.answered()).isFalse();
            } else {
                Outcome outcome = one.outcome();
                assertThat(outcome.pod() == null).isEqualTo(outcome.error() != null);
                one.attempt().ended(Usage.UNKNOWN);
            }
        }
        assertThat(canceled).isNotEmpty();
        assertThat(ended).isNotEmpty();
        assertThat(fixture.figures().idle()).isTrue();
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

    private static List<Submitted> pick(List<Submitted> all, Random random) {
        return all.isEmpty() ? List.of() : List.of(all.get(random.nextInt(all.size())));
    }
}
