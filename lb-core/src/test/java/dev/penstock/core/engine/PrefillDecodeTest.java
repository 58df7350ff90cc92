package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.Health;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Plans of two endpoints: both are candidates, both are counted, and each leg ends once. */
class PrefillDecodeTest {

    private final RecordingRouter recorder = new RecordingRouter(PrefillDecodeTest::firstAndSecond);
    private final List<RoutingContext> held = new ArrayList<>();
    private final TestShard shard = TestShard.of(ScriptedProvider.making("pair", environment -> recorder),
            ScriptedProvider.of("later", held::add));

    private static void firstAndSecond(RoutingContext context) {
        context.select(new Plan.PrefillDecode(context.candidates().get(0), context.candidates().get(1), "shfs"));
    }

    private static FakeRequest prompt() {
        return FakeRequest.plain().withBodyBytes(400);
    }

    private int inFlight(String pod) {
        return shard.load().inFlightLocal(shard.pod(pod));
    }

    private long pending(String pod) {
        return shard.load().pendingTokens(shard.pod(pod));
    }

    @Test
    void shouldCountBothEndpointsInOneStepAndThePromptWhereItIsComputed() {
        shard.fleet().add("p1", "p2", "p3");

        Routed routed = shard.route("pair", prompt());

        assertThat(routed.pod()).isEqualTo("p2");
        assertThat(routed.prefillPod()).isEqualTo("p1");
        assertThat(routed.plan()).isEqualTo(new Plan.PrefillDecode(shard.pod("p1"), shard.pod("p2"), "shfs"));
        assertThat(Objects.requireNonNull(routed.plan()).prefill()).isEqualTo(shard.pod("p1"));
        assertThat(List.of(inFlight("p1"), inFlight("p2"), inFlight("p3"))).containsExactly(1, 1, 0);
        assertThat(List.of(pending("p1"), pending("p2"))).containsExactly(100L, 0L);
    }

    @Test
    void shouldEndEachLegByItself() {
        shard.fleet().add("p1", "p2");
        Routed routed = shard.route("pair", prompt());

        routed.prefilled();
        assertThat(List.of(inFlight("p1"), inFlight("p2"))).containsExactly(0, 1);
        assertThat(pending("p1")).isZero();
        routed.firstByte();
        routed.ended(new Usage(100, 7));
        routed.ended(new Usage(100, 7));
        shard.serve();

        assertThat(shard.load().idle()).isTrue();
        assertThat(recorder.calls()).containsExactly("route", "chosen p2", "firstByte p1", "ended p1", "firstByte p2",
                "ended p2 7");
    }

    @Test
    void shouldEndTheLegOfThePromptWithTheAttempt() {
        shard.fleet().add("p1", "p2");
        Routed routed = shard.route("pair", prompt());

        routed.ended(new Usage(100, 7));
        EngineParts.attempt(routed).prefillEnded();
        shard.serve();

        assertThat(shard.load().idle()).isTrue();
        assertThat(recorder.calls()).containsExactly("route", "chosen p2", "ended p1", "ended p2 7");
    }

    @Test
    void shouldTakeAndReturnTheProbesOfBoth() {
        shard.fleet().add("p1", "p2");
        EngineParts.health(shard).state(shard.pod("p1"), Health.State.PROBING)
                .state(shard.pod("p2"), Health.State.PROBING);

        Routed routed = shard.route("pair");
        assertThat(EngineParts.health(shard).probed()).isEqualTo(2);
        routed.prefilled();
        assertThat(EngineParts.health(shard).probed()).isEqualTo(1);
        routed.ended();

        assertThat(EngineParts.health(shard).probed()).isZero();
    }

    @Test
    void shouldHaveNothingOfAPairAtOneEndpoint() {
        shard.fleet().add("p1", "p2");
        Routed routed = shard.submit("later", prompt());
        shard.serve();
        held.getFirst().select(new Plan.Single(shard.pod("p1")));
        shard.serve();

        assertThat(routed.prefillPod()).isNull();
        assertThatThrownBy(routed::prefilled).isInstanceOf(AssertionError.class);
        EngineParts.attempt(routed).prefillEnded();
        assertThat(inFlight("p1")).isEqualTo(1);
        routed.ended();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldLetTheFallbackChooseWhereOneOfThePairHasLeft() {
        for (String leaving : List.of("p1", "p2")) {
            held.clear();
            shard.fleet().add("p1", "p2", "p3");
            Routed routed = shard.submit("later", prompt());
            shard.serve();
            PodView prefill = shard.pod("p1");
            PodView decode = shard.pod("p2");
            shard.fleet().remove(leaving);
            held.getFirst().select(new Plan.PrefillDecode(prefill, decode, "shfs"));
            shard.serve();

            assertThat(routed.fallbackReason()).as(leaving).isEqualTo("endpoint_left");
            assertThat(routed.prefillPod()).isNull();
            routed.ended();
            assertThat(shard.load().idle()).isTrue();
            shard.fleet().remove("p1".equals(leaving) ? "p2" : "p1");
            shard.fleet().remove("p3");
        }
    }

    @Test
    void shouldCountPairsAsTheFleetIsNow() {
        shard.fleet().add("p1", "p2", "p3");
        Routed routed = shard.submit("later", prompt());
        shard.serve();
        PodView prefill = shard.pod("p1");
        PodView decode = shard.pod("p2");
        shard.fleet().remove("p3");
        shard.serve();
        held.getFirst().select(new Plan.PrefillDecode(prefill, decode, "any word"));
        shard.serve();

        assertThat(routed.plan()).isEqualTo(new Plan.PrefillDecode(shard.pod("p1"), shard.pod("p2"), "any word"));
    }

    @Test
    void shouldNotLetAPairBeOneThatTheRequestExcludes() {
        shard.fleet().add("p1", "p2", "p3");
        Routed routed = shard.submit("later", prompt(), "", List.of(shard.pod("p1")));
        shard.serve();
        held.getFirst().select(new Plan.PrefillDecode(shard.pod("p1"), shard.pod("p2"), "shfs"));
        shard.serve();

        assertThat(routed.fallbackReason()).isEqualTo("invalid_answer");
    }

    /** Whatever happens to pairs and single requests, in any order: nothing is left, and each leg ends once. */
    @Test
    void shouldLeaveNothingBehindWhateverHappens() {
        long seed = Long.getLong("penstock.test.seed", 1);
        Random random = new Random(seed);
        shard.fleet().add("p1", "p2", "p3", "p4");
        recorder.answers(context -> {
            Candidates all = context.candidates();
            int first = random.nextInt(all.size());
            int second = (first + 1 + random.nextInt(all.size() - 1)) % all.size();
            context.select(random.nextInt(4) == 0 ? new Plan.Single(all.get(first))
                    : new Plan.PrefillDecode(all.get(first), all.get(second), "shfs"));
        });
        List<Routed> open = new ArrayList<>();
        int legs = 0;
        for (int i = 0; i < 5_000; i++) {
            if (open.isEmpty() || (i < 4_000 && random.nextInt(3) == 0)) {
                Routed routed = shard.route("pair", prompt());
                legs += routed.prefillPod() == null ? 1 : 2;
                open.add(routed);
                continue;
            }
            Routed one = open.get(random.nextInt(open.size()));
            switch (random.nextInt(5)) {
                case 0 -> one.firstByte();
                case 1 -> {
                    if (one.prefillPod() != null) {
                        one.prefilled();
                    }
                }
                case 2 -> EngineParts.attempt(one).prefillEnded();
                default -> {
                    one.ended();
                    if (random.nextBoolean()) {
                        open.remove(one);
                    }
                }
            }
            shard.serve();
        }
        open.forEach(Routed::ended);
        shard.serve();

        assertThat(shard.load().idle()).as("seed " + seed).isTrue();
        assertThat(recorder.calls().stream().filter(call -> call.startsWith("ended"))).hasSize(legs);
    }
}
