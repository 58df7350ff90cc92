package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.Fault;
import dev.penstock.bench.sim.FaultPlan;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.bench.soak.Call.Behavior;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The client and the judge at engines without a load balancer between: they see every fault as it is. */
@Timeout(60)
final class JudgeIT {
    /** Where nothing more is to come. */
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Outages outages = new Outages();
    private final Judge judge = new Judge(outages);
    private SimFleet fleet = SimFleet.builder().engines(0).start();

    @BeforeEach
    void start() {
        fleet = SimFleet.builder().model("m").maxModelLen(1 << 20).faultHeader(true).time(TimeModel.zero()).start();
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @ParameterizedTest
    @EnumSource(CallBytes.Api.class)
    void shouldCallAnAnswerWhole(CallBytes.Api api) throws IOException {
        assertThat(judged(call(api, false, null, null))).isEqualTo(Verdict.of(End.WHOLE));
        if (api != CallBytes.Api.EMBEDDINGS) {
            assertThat(judged(call(api, true, null, null))).isEqualTo(Verdict.of(End.WHOLE));
        }
    }

    @Test
    void shouldMissEventsAndUsage() throws IOException {
        Call call = call(CallBytes.Api.CHAT, true, null, null);
        Call.Wanted wanted = call.wanted();
        Call more = wanting(call, new Call.Wanted(Set.of(), wanted.form(), wanted.events() + 1, false, false, false,
                false, null));
        Call usage = wanting(call, new Call.Wanted(Set.of(), wanted.form(), wanted.events(), true, false, false,
                false, null));

        assertThat(judged(more).why()).endsWith("events instead of " + (wanted.events() + 1));
        assertThat(judged(usage).why()).isEqualTo("no usage");
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("hang", false, End.UNEXPLAINED),
                Arguments.of("hang-after-head", true, End.UNEXPLAINED),
                Arguments.of("reset", false, End.UNEXPLAINED),
                Arguments.of("reset-after=10", false, End.UNEXPLAINED),
                Arguments.of("reset-after=300", false, End.BROKEN),
                Arguments.of("reset-mid-body", false, End.BROKEN),
                Arguments.of("reset-mid-body", true, End.BROKEN),
                Arguments.of("close-mid-body", false, End.BROKEN),
                Arguments.of("close-mid-body", true, End.BROKEN),
                Arguments.of("trickle=0", false, End.WHOLE),
                Arguments.of("trickle=0", true, End.WHOLE),
                Arguments.of("length-long", false, End.BROKEN),
                Arguments.of("length-long", true, End.UNEXPLAINED),
                Arguments.of("length-short", false, End.WHOLE),
                Arguments.of("length-short", true, End.UNEXPLAINED),
                Arguments.of("bad-head", false, End.UNEXPLAINED),
                Arguments.of("slow-head=1", true, End.WHOLE),
                Arguments.of("delay=1", true, End.WHOLE),
                Arguments.of("status=429:1", false, End.ERROR),
                Arguments.of("status=500", true, End.ERROR),
                Arguments.of("stream-error", false, End.ERROR),
                Arguments.of("stream-error", true, End.ERROR));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void shouldJudgeEachFaultAsAClientSeesIt(String fault, boolean stream, End end) throws IOException {
        Fault injected = Fault.parse(fault);
        for (CallBytes.Api api : List.of(CallBytes.Api.CHAT, CallBytes.Api.MESSAGES)) {
            assertThat(judged(call(api, stream, injected, injected), patience(end)).end()).as("%s", api).isEqualTo(end);
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void shouldExplainNothingWithoutACause(String fault, boolean stream, End end) throws IOException {
        Verdict verdict = judged(call(CallBytes.Api.CHAT, stream, Fault.parse(fault), null), patience(end));

        if (!fault.equals("length-short")) {
            assertThat(verdict.end()).isEqualTo(end == End.WHOLE ? End.WHOLE : End.UNEXPLAINED);
        }
    }

    @Test
    void shouldExplainBrokenAnswersByAnOutageOfTheirEngine() throws IOException {
        Call broken = call(CallBytes.Api.CHAT, true, new Fault.ResetMidBody(), null);
        Runnable other = outages.begins("sim-9");
        assertThat(judged(broken).end()).isEqualTo(End.UNEXPLAINED);

        outages.begins("sim-0");
        assertThat(judged(broken)).isEqualTo(new Verdict(End.BROKEN, "outage"));
        other.run();
        assertThat(outages.count()).isEqualTo(2);
    }

    @Test
    void shouldRunClientsOfAllKindsToTheEndOfTheirRequests() throws InterruptedException {
        Ends ends = new Ends();
        Tickets tickets = new Tickets(0, 1_000, Duration.ofMinutes(1).toNanos());
        CallMix mix = new CallMix(7, List.of("m"), null, false);

        Crowd.runAll(Stream.generate(() ->
                new Client(Door.cleartext(port()), Duration.ofSeconds(10), tickets, mix, judge, ends))
                .limit(8).toList());

        assertThat(ends.problems()).isEmpty();
        assertThat(ends.counts()).isEqualTo(Map.of("whole", 1_000L));
        assertThat(ends.open()).isZero();
    }

    @Test
    void shouldMakeTheSameRequestsOfTheSameSeed() {
        FaultPlan faults = FaultPlan.parse("20% reset, 5% status=503");
        CallMix once = new CallMix(3, List.of("a", "b"), faults, false);
        CallMix again = new CallMix(3, List.of("a", "b"), faults, false);
        CallMix other = new CallMix(4, List.of("a", "b"), faults, false);

        for (int i = 0; i < 200; i++) {
            assertThat(again.call(i).bytes()).isEqualTo(once.call(i).bytes());
            assertThat(again.call(i).name()).isEqualTo(once.call(i).name());
        }
        assertThat(other.call(0).bytes()).isNotEqualTo(once.call(0).bytes());
    }

    private static Duration patience(End end) {
        return end == End.UNEXPLAINED ? SHORT : LONG;
    }

    private int port() {
        return fleet.engine(0).port();
    }

    private Verdict judged(Call call) throws IOException {
        return judged(call, LONG);
    }

    private Verdict judged(Call call, Duration patience) throws IOException {
        try (ClientConnection connection = new ClientConnection(Door.cleartext(port()), patience, false)) {
            long begun = System.nanoTime();
            connection.send(call);
            return judge.judge(call, connection.read(call), begun, System.nanoTime());
        }
    }

    private static Call call(CallBytes.Api api, boolean stream, @Nullable Fault injected,
            @Nullable Fault known) {
        CallBytes bytes = new CallBytes(api, "m").tokens(5).stream(stream, false);
        if (injected != null) {
            bytes.header("x-sim-fault", FaultNames.of(injected));
        }
        Call.Wanted wanted = new Call.Wanted(Set.of(), stream ? api.form() : Call.Form.JSON,
                stream ? 5 + api.otherEvents() : 0, false, api == CallBytes.Api.MESSAGES, false, false, known);
        return new Call(0, api.path(), bytes.toBytes(false, new SplittableRandom(1)), 1, wanted,
                new Behavior.Patient(), 1);
    }

    private static Call wanting(Call call, Call.Wanted wanted) {
        return new Call(call.number(), call.name(), call.bytes(), call.pieces(), wanted, call.behavior(), 1);
    }
}
