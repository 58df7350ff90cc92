package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.KvEvent;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    private final RecordingRouter recorder = new RecordingRouter(context ->
            context.select(context.candidates().get(0)));
    private final List<RouterEnvironment> environments = new ArrayList<>();
    private final List<RoutingContext> held = new ArrayList<>();
    private final TestShard shard = TestShard.of(
            ScriptedProvider.making("recorder", given -> {
                environments.add(given);
                return recorder;
            }),
            ScriptedProvider.of("plain", context -> context.select(context.candidates().get(1))),
            ScriptedProvider.of("later", held::add));

    @Test
    void shouldTellAllThatHappensInOrder() {
        shard.fleet().add("p1", "p2");
        Routed attempt = shard.route("recorder");
        attempt.firstByte();
        attempt.ended(new Usage(10, 20));
        shard.serve();
        assertThat(recorder.calls()).containsExactly("route", "chosen p1", "firstByte p1", "ended p1 20");
    }

    @Test
    void shouldTellEveryInstanceWhateverRouterChose() {
        shard.fleet().add("p1", "p2");
        shard.routeAndEnd("recorder");
        shard.serve();
        recorder.calls().clear();
        shard.routeAndEnd("plain");
        shard.serve();
        assertThat(recorder.calls()).containsExactly("chosen p2", "ended p2");
    }

    @Test
    void shouldPostNothingWhereNoRouterWantsToHearOfIt() {
        shard.fleet().add("p1", "p2");
        Routed attempt = shard.route("plain");
        attempt.firstByte();
        attempt.ended(Usage.UNKNOWN);
        assertThat(EngineParts.nothingToTell(shard)).isTrue();
        assertThat(EngineParts.calls(shard)).as("create and route").isEqualTo(2);
    }

    @Test
    void shouldNotTellOfAnotherAnswerWhileARouterRuns() {
        RecordingRouter answersOthers = new RecordingRouter(context -> {
            held.forEach(waiting -> waiting.select(waiting.candidates().get(1)));
            context.select(context.candidates().get(0));
        });
        TestShard two = TestShard.of(ScriptedProvider.making("recorder", given -> answersOthers),
                ScriptedProvider.of("later", held::add));
        two.fleet().add("p1", "p2");
        Routed waiting = two.submit("later", FakeRequest.plain());
        two.serve();
        assertThat(waiting.answered()).isFalse();
        assertThat(two.route("recorder").pod()).isEqualTo("p1");
        assertThat(waiting.pod()).isEqualTo("p2");
        assertThat(answersOthers.calls()).containsExactly("route", "chosen p2", "chosen p1");
    }

    @Test
    void shouldTellOfChangesOfTheFleetAndAcknowledgeThem() {
        shard.fleet().add("p1", "p2");
        shard.route("recorder");
        String uid = shard.pod("p1").uid();
        recorder.calls().clear();
        shard.fleet().replace("p1");
        shard.fleet().remove("p2");
        shard.serve();
        assertThat(recorder.calls()).hasSize(3).contains("podRemoved p1 " + uid).last().asString()
                .isEqualTo("snapshotChanged " + shard.fleet().current().version());
        assertThat(EngineParts.acknowledged(shard.fleet())).last().isEqualTo(shard.fleet().current().version());
    }

    @Test
    void shouldWakeAtTheEarliestTimeAskedFor() {
        shard.fleet().add("p1");
        shard.route("recorder");
        recorder.calls().clear();
        long start = shard.clock().nanoTime();
        environments.getFirst().wakeAt(start + 2_000_000_000L);
        environments.getFirst().wakeAt(start + 1_000_000_000L);
        shard.serve();
        assertThat(recorder.calls()).isEmpty();
        shard.clock().advance(Duration.ofSeconds(1));
        shard.serve();
        shard.serve();
        assertThat(recorder.calls()).containsExactly("woken " + (start + 1_000_000_000L));
    }

    @Test
    void shouldWakeARouterThatAskedWhileItWasMade() {
        RecordingRouter early = new RecordingRouter(context -> context.abstain("none"));
        TestShard one = TestShard.of(ScriptedProvider.making("early", given -> {
            given.wakeAt(given.nanoTime() + 5);
            return early;
        }));
        one.fleet().add("p1");
        one.route("early");
        one.clock().advance(Duration.ofNanos(5));
        one.serve();
        assertThat(early.calls()).last().asString().startsWith("woken");
    }

    @Test
    void shouldPassOnKvEventsAndClose() {
        shard.fleet().add("p1");
        shard.route("recorder");
        recorder.calls().clear();
        shard.kvEvent(new KvEvent.Cleared(shard.pod("p1")));
        shard.serve();
        shard.close();
        assertThat(recorder.calls()).containsExactly("kvEvent p1", "close");
    }
}
