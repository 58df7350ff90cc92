package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health.State;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
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

    private TestShard shard(Consumer<RoutingContext> route) {
        TestShard shard = TestShard.of(ScriptedProvider.of("r", context -> {
            asked.add(context);
            route.accept(context);
        }));
        shard.fleet().add("p1", "p2", "p3");
        return shard;
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
        TestShard shard = shard(HealthRoutingTest::first);
        shard.route("r");
        shard.route("r");
        assertThat(asked.get(0).candidates()).isSameAs(asked.get(1).candidates())
                .isSameAs(Objects.requireNonNull(shard.fleet().current().model("m")).ready());
    }

    @Test
    void shouldNotOfferWhatIsOut() {
        TestShard shard = shard(HealthRoutingTest::first);
        EngineParts.health(shard).state(shard.pod("p1"), State.EJECTED).state(shard.pod("p3"), State.COOLING_DOWN);
        assertThat(shard.route("r").pod()).isEqualTo("p2");
        assertThat(lastCandidates()).containsExactly("p2");
        EngineParts.health(shard).state(shard.pod("p1"), State.READY);
        assertThat(shard.route("r").pod()).isEqualTo("p1");
        assertThat(lastCandidates()).containsExactly("p1", "p2");
    }

    @Test
    void shouldMakeTheListOfTheOthersOnce() {
        TestShard shard = shard(HealthRoutingTest::first);
        EngineParts.health(shard).state(shard.pod("p1"), State.EJECTED);
        shard.route("r");
        shard.route("r");
        assertThat(asked.get(0).candidates()).isSameAs(asked.get(1).candidates());
        shard.fleet().add("p4");
        shard.route("r");
        assertThat(lastCandidates()).containsExactly("p2", "p3", "p4");
    }

    @Test
    void shouldIgnoreHealthWhereItLeavesNobody() {
        TestShard shard = shard(HealthRoutingTest::first);
        shard.fleet().label("p1", "tier", "gold");
        EngineParts.health(shard).state(shard.pod("p1"), State.EJECTED);
        Routed onlyThat = shard.submit("r", FakeRequest.plain(), "tier=gold", List.of());
        shard.serve();
        assertThat(onlyThat.pod()).isEqualTo("p1");
        EngineParts.health(shard).state(shard.pod("p2"), State.EJECTED).state(shard.pod("p3"), State.COOLING_DOWN);
        assertThat(shard.route("r").pod()).isEqualTo("p1");
    }

    @Test
    void shouldKeepExclusionsWhereHealthIsIgnored() {
        TestShard shard = shard(HealthRoutingTest::first);
        EngineParts.health(shard).state(shard.pod("p1"), State.EJECTED).state(shard.pod("p3"), State.EJECTED);
        Routed retry = shard.submit("r", FakeRequest.plain(), "", List.of(shard.pod("p2"), shard.pod("p1")));
        shard.serve();
        assertThat(retry.pod()).isEqualTo("p3");
        List<PodView> all = List.of(shard.pod("p1"), shard.pod("p2"), shard.pod("p3"));
        Routed lost = shard.submit("r", FakeRequest.plain(), "", all);
        shard.serve();
        assertThat(lost.error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
    }

    @Test
    void shouldHoldForTheFallbackToo() {
        TestShard shard = shard(context -> {
            throw new IllegalStateException("broken");
        });
        EngineParts.health(shard).state(shard.pod("p1"), State.EJECTED).state(shard.pod("p2"), State.EJECTED);
        for (int i = 0; i < 10; i++) {
            assertThat(shard.route("r").pod()).isEqualTo("p3");
        }
    }

    @Test
    void shouldNotTakeALateAnswerForAnEndpointThatIsOutByNow() {
        TestShard shard = shard(context -> { });
        Routed submitted = shard.submit("r", FakeRequest.plain(), "", List.of());
        shard.serve();
        RoutingContext context = asked.getLast();
        EngineParts.health(shard).state(shard.pod("p1"), State.EJECTED).state(shard.pod("p2"), State.EJECTED);
        // Not by the serving thread, so it is posted.
        context.select(new Plan.Single(shard.pod("p1")));
        shard.serve();
        Routed outcome = submitted;
        assertThat(outcome.pod()).isEqualTo("p3");
        assertThat(outcome.fallbackReason()).isEqualTo("endpoint_out");
    }

    @Test
    void shouldSendOneProbeAtATime() {
        TestShard shard = shard(HealthRoutingTest::first);
        EngineParts.health(shard).state(shard.pod("p1"), State.PROBING);
        Routed probe = shard.route("r");
        assertThat(probe.pod()).isEqualTo("p1");
        assertThat(EngineParts.health(shard).probed()).isEqualTo(1);
        assertThat(shard.route("r").pod()).isEqualTo("p2");
        assertThat(shard.route("r").pod()).isEqualTo("p2");
        probe.ended(Usage.UNKNOWN);
        probe.ended(Usage.UNKNOWN);
        assertThat(EngineParts.health(shard).probed()).isZero();
        assertThat(shard.route("r").pod()).isEqualTo("p1");
        assertThat(EngineParts.health(shard).probes()).isEqualTo(2);
    }

    @Test
    void shouldSendOneProbeWhereTwoLateAnswersNameTheEndpoint() {
        TestShard shard = shard(context -> { });
        EngineParts.health(shard).state(shard.pod("p1"), State.PROBING);
        Routed one = shard.submit("r", FakeRequest.plain(), "", List.of());
        Routed two = shard.submit("r", FakeRequest.plain(), "", List.of());
        shard.serve();
        for (RoutingContext context : asked) {
            context.select(new Plan.Single(shard.pod("p1")));
        }
        shard.serve();
        assertThat(one.pod()).isEqualTo("p1");
        assertThat(two.pod()).isNotEqualTo("p1");
        assertThat(EngineParts.health(shard).probes()).isEqualTo(1);
    }

    /** Whatever comes together, no request goes where it must not, and every probe is returned. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverChooseWhatIsOutUnlessNothingElseIsThere(long seed) {
        Random random = new Random(seed);
        TestShard shard = TestShard.builder().seed(seed).router(ScriptedProvider.of("r", context ->
                context.select(context.candidates().get(random.nextInt(context.candidates().size()))))).build();
        List<String> names = List.of("a", "b", "c", "d", "e", "f");
        shard.fleet().add(names.toArray(new String[0]));
        Map<String, State> states = new HashMap<>();
        List<Routed> running = new ArrayList<>();
        Set<String> probed = new HashSet<>();
        for (int step = 0; step < 5_000; step++) {
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    // A probe that is under way goes on, so its endpoint stays as it is.
                    if (!probed.contains(name)) {
                        State state = STATES.get(random.nextInt(STATES.size()));
                        states.put(name, state);
                        EngineParts.health(shard).state(shard.pod(name), state);
                    }
                }
                case 1 -> {
                    if (!running.isEmpty()) {
                        Routed ending = running.remove(random.nextInt(running.size()));
                        int before = EngineParts.health(shard).probed();
                        ending.ended(Usage.UNKNOWN);
                        if (EngineParts.health(shard).probed() < before) {
                            probed.remove(ending.pod());
                        }
                    }
                }
                default -> {
                    List<PodView> excluded = random.nextBoolean() ? List.of()
                            : List.of(shard.pod(name), shard.pod(names.get(random.nextInt(names.size()))));
                    Set<String> may = new HashSet<>(names);
                    excluded.forEach(pod -> may.remove(pod.name()));
                    Set<String> open = new HashSet<>(may);
                    open.removeIf(each -> {
                        State state = states.getOrDefault(each, State.READY);
                        return state != State.READY && (state != State.PROBING || probed.contains(each));
                    });
                    Routed submitted = shard.submit("r", FakeRequest.plain(), "", excluded);
                    int before = EngineParts.health(shard).probes();
                    shard.serve();
                    Routed outcome = submitted;
                    assertThat(open.isEmpty() ? may : open).contains(outcome.pod());
                    if (EngineParts.health(shard).probes() > before) {
                        assertThat(probed.add(outcome.pod())).as("one probe at a time").isTrue();
                    }
                    running.add(outcome);
                }
            }
        }
        running.forEach(outcome -> outcome.ended(Usage.UNKNOWN));
        assertThat(EngineParts.health(shard).probed()).isZero();
        assertThat(EngineParts.health(shard).probes()).isPositive();
        assertThat(shard.load().idle()).isTrue();
    }
}
