package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health.State;
import dev.penstock.core.testing.FakeRequest;
import dev.penstock.core.testing.Outcome;
import dev.penstock.core.testing.RoutingFixture;
import dev.penstock.core.testing.Submitted;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that are out are not chosen, by whatever way a request comes to its endpoint. */
class HealthRoutingTest {

    private static final List<State> STATES = List.of(State.values());

    private final List<RoutingContext> asked = new ArrayList<>();

    private RoutingFixture fixture(Consumer<RoutingContext> route) {
        RoutingFixture fixture = RoutingFixture.of(ScriptedProvider.of("r", context -> {
            asked.add(context);
            route.accept(context);
        }));
        fixture.fleet().add("p1", "p2", "p3");
        return fixture;
    }

    private static void first(RoutingContext context) {
        context.select(context.candidates().get(0));
    }

    private List<String> lastCandidates() {
        RoutingContext context = asked.getLast();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < context.candidates().size(); i++) {
            names.add(context.candidates().get(i).name());
        }
        return names;
    }

    @Test
    void shouldShowRoutersTheListOfTheFleetWhileNobodyIsOut() {
        RoutingFixture fixture = fixture(HealthRoutingTest::first);
        fixture.route("r");
        fixture.route("r");
        assertThat(asked.get(0).candidates()).isSameAs(asked.get(1).candidates())
                .isSameAs(Objects.requireNonNull(fixture.fleet().current().model("m")).ready());
    }

    @Test
    void shouldNotOfferWhatIsOut() {
        RoutingFixture fixture = fixture(HealthRoutingTest::first);
        fixture.health().state(fixture.pod("p1"), State.EJECTED).state(fixture.pod("p3"), State.COOLING_DOWN);
        assertThat(fixture.route("r").pod()).isEqualTo("p2");
        assertThat(lastCandidates()).containsExactly("p2");
        fixture.health().state(fixture.pod("p1"), State.READY);
        assertThat(fixture.route("r").pod()).isEqualTo("p1");
        assertThat(lastCandidates()).containsExactly("p1", "p2");
    }

    @Test
    void shouldMakeTheListOfTheOthersOnce() {
        RoutingFixture fixture = fixture(HealthRoutingTest::first);
        fixture.health().state(fixture.pod("p1"), State.EJECTED);
        fixture.route("r");
        fixture.route("r");
        assertThat(asked.get(0).candidates()).isSameAs(asked.get(1).candidates());
        fixture.fleet().add("p4");
        fixture.route("r");
        assertThat(lastCandidates()).containsExactly("p2", "p3", "p4");
    }

    @Test
    void shouldIgnoreHealthWhereItLeavesNobody() {
        RoutingFixture fixture = fixture(HealthRoutingTest::first);
        fixture.fleet().label("p1", "tier", "gold");
        fixture.health().state(fixture.pod("p1"), State.EJECTED);
        Submitted onlyThat = fixture.submit("r", FakeRequest.plain(), "tier=gold", List.of());
        fixture.serve();
        assertThat(onlyThat.outcome().pod()).isEqualTo("p1");
        fixture.health().state(fixture.pod("p2"), State.EJECTED).state(fixture.pod("p3"), State.COOLING_DOWN);
        assertThat(fixture.route("r").pod()).isEqualTo("p1");
    }

    @Test
    void shouldKeepExclusionsWhereHealthIsIgnored() {
        RoutingFixture fixture = fixture(HealthRoutingTest::first);
        fixture.health().state(fixture.pod("p1"), State.EJECTED).state(fixture.pod("p3"), State.EJECTED);
        Submitted retry = fixture.submit("r", FakeRequest.plain(), "", List.of(fixture.pod("p2"), fixture.pod("p1")));
        fixture.serve();
        assertThat(retry.outcome().pod()).isEqualTo("p3");
        List<PodView> all = List.of(fixture.pod("p1"), fixture.pod("p2"), fixture.pod("p3"));
        Submitted lost = fixture.submit("r", FakeRequest.plain(), "", all);
        fixture.serve();
        assertThat(lost.outcome().error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
    }

    @Test
    void shouldHoldForTheFallbackToo() {
        RoutingFixture fixture = fixture(context -> {
            throw new IllegalStateException("broken");
        });
        fixture.health().state(fixture.pod("p1"), State.EJECTED).state(fixture.pod("p2"), State.EJECTED);
        for (int i = 0; i < 10; i++) {
            assertThat(fixture.route("r").pod()).isEqualTo("p3");
        }
    }

    @Test
    void shouldNotTakeALateAnswerForAnEndpointThatIsOutByNow() {
        RoutingFixture fixture = fixture(context -> { });
        Submitted submitted = fixture.submit("r", FakeRequest.plain(), "", List.of());
        fixture.serve();
        RoutingContext context = asked.getLast();
        fixture.health().state(fixture.pod("p1"), State.EJECTED).state(fixture.pod("p2"), State.EJECTED);
        // Not by the serving thread, so it is posted.
        context.select(new Plan.Single(fixture.pod("p1")));
        fixture.serve();
        Outcome outcome = submitted.outcome();
        assertThat(outcome.pod()).isEqualTo("p3");
        assertThat(outcome.fallbackReason()).isEqualTo("endpoint_out");
    }

    @Test
    void shouldSendOneProbeAtATime() {
        RoutingFixture fixture = fixture(HealthRoutingTest::first);
        fixture.health().state(fixture.pod("p1"), State.PROBING);
        Outcome probe = fixture.route("r");
        assertThat(probe.pod()).isEqualTo("p1");
        assertThat(fixture.health().probed()).isEqualTo(1);
        assertThat(fixture.route("r").pod()).isEqualTo("p2");
        assertThat(fixture.route("r").pod()).isEqualTo("p2");
        probe.attempt().ended(Usage.UNKNOWN);
        probe.attempt().ended(Usage.UNKNOWN);
        assertThat(fixture.health().probed()).isZero();
        assertThat(fixture.route("r").pod()).isEqualTo("p1");
        assertThat(fixture.health().probes()).isEqualTo(2);
    }

    @Test
    void shouldSendOneProbeWhereTwoLateAnswersNameTheEndpoint() {
        RoutingFixture fixture = fixture(context -> { });
        fixture.health().state(fixture.pod("p1"), State.PROBING);
        Submitted one = fixture.submit("r", FakeRequest.plain(), "", List.of());
        Submitted two = fixture.submit("r", FakeRequest.plain(), "", List.of());
        fixture.serve();
        for (RoutingContext context : asked) {
            context.select(new Plan.Single(fixture.pod("p1")));
        }
        fixture.serve();
        assertThat(one.outcome().pod()).isEqualTo("p1");
        assertThat(two.outcome().pod()).isNotEqualTo("p1");
        assertThat(fixture.health().probes()).isEqualTo(1);
    }

    /** Whatever comes together, no request goes where it must not, and every probe is returned. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverChooseWhatIsOutUnlessNothingElseIsThere(long seed) {
        Random random = new Random(seed);
        RoutingFixture fixture = RoutingFixture.seeded(seed, ScriptedProvider.of("r",
                context -> context.select(context.candidates().get(random.nextInt(context.candidates().size())))));
        List<String> names = List.of("a", "b", "c", "d", "e", "f");
        fixture.fleet().add(names.toArray(new String[0]));
        Map<String, State> states = new HashMap<>();
        List<Outcome> running = new ArrayList<>();
        Set<String> probed = new HashSet<>();
        for (int step = 0; step < 5_000; step++) {
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    // A probe that is under way goes on, so its endpoint stays as it is.
                    if (!probed.contains(name)) {
                        State state = STATES.get(random.nextInt(STATES.size()));
                        states.put(name, state);
                        fixture.health().state(fixture.pod(name), state);
                    }
                }
                case 1 -> {
                    if (!running.isEmpty()) {
                        Outcome ending = running.remove(random.nextInt(running.size()));
                        int before = fixture.health().probed();
                        ending.attempt().ended(Usage.UNKNOWN);
                        if (fixture.health().probed() < before) {
                            probed.remove(ending.pod());
                        }
                    }
                }
                default -> {
                    List<PodView> excluded = random.nextBoolean() ? List.of()
                            : List.of(fixture.pod(name), fixture.pod(names.get(random.nextInt(names.size()))));
                    Set<String> may = new HashSet<>(names);
                    excluded.forEach(pod -> may.remove(pod.name()));
                    Set<String> open = new HashSet<>(may);
                    open.removeIf(each -> {
                        State state = states.getOrDefault(each, State.READY);
                        return state != State.READY && (state != State.PROBING || probed.contains(each));
                    });
                    Submitted submitted = fixture.submit("r", FakeRequest.plain(), "", excluded);
                    int before = fixture.health().probes();
                    fixture.serve();
                    Outcome outcome = submitted.outcome();
                    assertThat(open.isEmpty() ? may : open).contains(outcome.pod());
                    if (fixture.health().probes() > before) {
                        assertThat(probed.add(outcome.pod())).as("one probe at a time").isTrue();
                    }
                    running.add(outcome);
                }
            }
        }
        running.forEach(outcome -> outcome.attempt().ended(Usage.UNKNOWN));
        assertThat(fixture.health().probed()).isZero();
        assertThat(fixture.health().probes()).isPositive();
        assertThat(fixture.figures().idle()).isTrue();
    }
}
