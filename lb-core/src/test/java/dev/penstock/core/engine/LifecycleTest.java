package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.testing.FakeRequest;
import dev.penstock.core.testing.RoutingFixture;
import dev.penstock.core.testing.Submitted;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    private final RecordingRouter recorder = new RecordingRouter(context ->
            context.select(context.candidates().get(0)));
    private final List<RouterEnvironment> environments = new ArrayList<>();
    private final List<RoutingContext> held = new ArrayList<>();
    private final RoutingFixture fixture = RoutingFixture.of(
            ScriptedProvider.making("recorder", given -> {
                environments.add(given);
                return recorder;
            }),
            ScriptedProvider.of("plain", context -> context.select(context.candidates().get(1))),
            ScriptedProvider.of("later", held::add));

    @Test
    void shouldTellAllThatHappensInOrder() {
        fixture.fleet().add("p1", "p2");
        RoutingAttempt attempt = fixture.route("recorder").attempt();
        attempt.firstByte();
        attempt.ended(new Usage(10, 20));
        fixture.serve();
        assertThat(recorder.calls()).containsExactly("route", "chosen p1", "firstByte p1", "ended p1 20");
    }

    @Test
    void shouldTellEveryInstanceWhateverRouterChose() {
        fixture.fleet().add("p1", "p2");
        fixture.routeAndEnd("recorder");
        fixture.serve();
        recorder.calls().clear();
        fixture.routeAndEnd("plain");
        fixture.serve();
        assertThat(recorder.calls()).containsExactly("chosen p2", "ended p2");
    }

    @Test
    void shouldPostNothingWhereNoRouterWantsToHearOfIt() {
        fixture.fleet().add("p1", "p2");
        RoutingAttempt attempt = fixture.route("plain").attempt();
        attempt.firstByte();
        attempt.ended(Usage.UNKNOWN);
        assertThat(fixture.mailbox().pollLifecycle()).isNull();
        assertThat(fixture.mailbox().calls()).as("create and route").isEqualTo(2);
    }

    @Test
    void shouldNotTellOfAnotherAnswerWhileARouterRuns() {
        RecordingRouter answersOthers = new RecordingRouter(context -> {
            held.forEach(waiting -> waiting.select(waiting.candidates().get(1)));
            context.select(context.candidates().get(0));
        });
        RoutingFixture two = RoutingFixture.of(ScriptedProvider.making("recorder", given -> answersOthers),
                ScriptedProvider.of("later", held::add));
        two.fleet().add("p1", "p2");
        Submitted waiting = two.submit("later", FakeRequest.plain());
        two.serve();
        assertThat(waiting.answered()).isFalse();
        assertThat(two.route("recorder").pod()).isEqualTo("p1");
        assertThat(waiting.outcome().pod()).isEqualTo("p2");
        assertThat(answersOthers.calls()).containsExactly("route", "chosen p2", "chosen p1");
    }

    @Test
    void shouldTellOfChangesOfTheFleetAndAcknowledgeThem() {
        fixture.fleet().add("p1", "p2");
        fixture.route("recorder");
        String uid = fixture.pod("p1").uid();
        recorder.calls().clear();
        fixture.fleet().replace("p1");
        fixture.fleet().remove("p2");
        fixture.serve();
        assertThat(recorder.calls()).hasSize(3).contains("podRemoved p1 " + uid).last().asString()
                .isEqualTo("snapshotChanged " + fixture.fleet().current().version());
        assertThat(fixture.fleet().acknowledged()).last().isEqualTo(fixture.fleet().current().version());
    }

    @Test
    void shouldWakeAtTheEarliestTimeAskedFor() {
        fixture.fleet().add("p1");
        fixture.route("recorder");
        recorder.calls().clear();
        long start = fixture.clock().nanoTime();
        environments.getFirst().wakeAt(start + 2_000_000_000L);
        environments.getFirst().wakeAt(start + 1_000_000_000L);
        fixture.serve();
        assertThat(recorder.calls()).isEmpty();
        fixture.clock().advance(Duration.ofSeconds(1));
        fixture.serve();
        fixture.serve();
        assertThat(recorder.calls()).containsExactly("woken " + (start + 1_000_000_000L));
    }

    @Test
    void shouldWakeARouterThatAskedWhileItWasMade() {
        RecordingRouter early = new RecordingRouter(context -> context.abstain("none"));
        RoutingFixture one = RoutingFixture.of(ScriptedProvider.making("early", given -> {
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
        fixture.fleet().add("p1");
        fixture.route("recorder");
        recorder.calls().clear();
        fixture.mailbox().submit(new KvEvent.Cleared(fixture.pod("p1")));
        fixture.serve();
        fixture.engine().close();
        assertThat(recorder.calls()).containsExactly("kvEvent p1", "close");
    }
}
