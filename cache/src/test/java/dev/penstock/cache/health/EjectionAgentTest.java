package dev.penstock.cache.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health;
import dev.penstock.core.port.Health.State;
import dev.penstock.spi.PodView;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EjectionAgentTest {

    private static final Duration EJECTION = Duration.ofSeconds(10);
    private static final Duration COOL_DOWN = Duration.ofSeconds(1);

    private final HandDrivenHealth h = new HandDrivenHealth("a", "b", "c", "d");

    private void probing(String name) {
        h.refuse(name, 5).look().pass(EJECTION);
        assertThat(h.state(name)).isEqualTo(State.PROBING);
    }

    @Test
    void shouldEjectAfterFailuresInARow() {
        h.refuse("a", 4).look();
        assertThat(h.state("a")).isEqualTo(State.READY);
        assertThat(h.health.quiet()).isTrue();
        assertThat(h.woken).isZero();
        h.refuse("a", 1);
        assertThat(h.woken).isEqualTo(1);
        h.look();
        assertThat(h.state("a")).isEqualTo(State.EJECTED);
        assertThat(h.health.open(h.pod("a"))).isFalse();
        assertThat(h.health.quiet()).isFalse();
        assertThat(h.health.out()).isEqualTo(1);
        assertThat(h.health.standing(h.pod("a")))
                .isEqualTo(new Health.Standing(State.EJECTED, "5 consecutive failures: connect failed", 0,
                        EJECTION.toNanos(), 1));
        assertThat(h.count("penstock_ejectionsreason/connect")).isEqualTo(1);
        assertThat(h.health.standing(h.pod("b"))).isEqualTo(Health.Standing.WELL);
    }

    @Test
    void shouldForgetFailuresWhenAnAnswerIsComplete() {
        for (int i = 0; i < 10; i++) {
            h.refuse("a", 4).answer("a", 200).look();
        }
        assertThat(h.health.quiet()).isTrue();
    }

    @Test
    void shouldCountAnswersThatAlwaysBreakOff() {
        for (int i = 0; i < 5; i++) {
            h.health.answered(h.pod("a"), 200, -1);
            h.health.failed(h.pod("a"), Health.Failure.BROKEN);
        }
        h.look();
        assertThat(h.health.standing(h.pod("a")).reason()).isEqualTo("5 consecutive failures: answer broken off");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 408, 413, 422, 429, 499, 501, 503, 505})
    void shouldNeverEjectForWhatClientsDoOrForOverload(int status) {
        h.rules("cool-down", "off");
        for (int i = 0; i < 100; i++) {
            h.answer("a", status).look();
        }
        assertThat(h.health.quiet()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 504, 599})
    void shouldEjectForErrorsOfThePod(int status) {
        for (int i = 0; i < 5; i++) {
            h.answer("a", status);
        }
        h.look();
        assertThat(h.health.standing(h.pod("a")).reason()).isEqualTo("5 consecutive failures: status " + status);
        assertThat(h.count("penstock_ejectionsreason/status")).isEqualTo(1);
    }

    @Test
    void shouldNeverEjectMoreThanHalf() {
        for (String name : List.of("a", "b", "c", "d")) {
            h.refuse(name, 100).look();
        }
        assertThat(h.health.out()).isEqualTo(2);
        assertThat(h.state("c")).isEqualTo(State.READY);
        assertThat(h.count("penstock_ejections_refused")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"50", "100"})
    void shouldNeverEjectTheOnlyOne(String percent) {
        HandDrivenHealth one = new HandDrivenHealth("a").rules("max-ejected-percent", percent);
        one.refuse("a", 100).answer("a", 503).look();
        assertThat(one.health.quiet()).isTrue();
    }

    @Test
    void shouldLeaveOneEvenWhereAllMayGo() {
        h.rules("max-ejected-percent", "100");
        for (String name : List.of("a", "b", "c", "d")) {
            h.refuse(name, 5).look();
        }
        assertThat(h.health.out()).isEqualTo(3);
    }

    @Test
    void shouldLeaveHalfOfEachModel() {
        h.model("big", "a", "b", "c", "d");
        h.model("small", "a", "b");
        h.refuse("a", 5).look().refuse("b", 5).look();
        assertThat(h.state("a")).isEqualTo(State.EJECTED);
        assertThat(h.state("b")).as("the last one of small").isEqualTo(State.READY);
        h.refuse("c", 5).look();
        assertThat(h.state("c")).isEqualTo(State.EJECTED);
    }

    @Test
    void shouldEjectLaterWhoeverCouldNotGoAtOnce() {
        h.refuse("a", 5).refuse("b", 5).refuse("c", 5).look();
        assertThat(h.state("c")).isEqualTo(State.READY);
        h.pass(EJECTION);
        h.answer("a", 200).look();
        assertThat(h.state("a")).isEqualTo(State.READY);
        h.refuse("c", 1).look();
        assertThat(h.state("c")).isEqualTo(State.EJECTED);
    }

    @Test
    void shouldCoolDownAfterOverload() {
        h.answer("a", 503).look();
        assertThat(h.health.standing(h.pod("a"))).isEqualTo(new Health.Standing(State.COOLING_DOWN, "answered 503", 0,
                COOL_DOWN.toNanos(), 0));
        assertThat(h.health.open(h.pod("a"))).isFalse();
        assertThat(h.agent.restNanos()).isEqualTo(COOL_DOWN.toNanos());
        h.pass(COOL_DOWN.minusNanos(1));
        assertThat(h.state("a")).isEqualTo(State.COOLING_DOWN);
        h.pass(Duration.ofNanos(1));
        assertThat(h.state("a")).isEqualTo(State.READY);
        assertThat(h.health.quiet()).isTrue();
        assertThat(h.count("penstock_cool_downs")).isEqualTo(1);
    }

    @Test
    void shouldHonorRetryAfterUpToABound() {
        h.health.answered(h.pod("a"), 429, 7);
        h.health.answered(h.pod("b"), 429, 1_000_000_000_000L);
        h.look();
        assertThat(h.health.standing(h.pod("a")).remainingNanos()).isEqualTo(Duration.ofSeconds(7).toNanos());
        assertThat(h.health.standing(h.pod("b")).remainingNanos()).isEqualTo(Duration.ofSeconds(30).toNanos());
        h.answer("a", 429).look();
        assertThat(h.health.standing(h.pod("a")).remainingNanos()).as("not shortened by another one")
                .isEqualTo(Duration.ofSeconds(7).toNanos() - EjectionAgent.LOOK_INTERVAL_NANOS);
    }

    @Test
    void shouldNeverCoolDownMoreThanHalf() {
        for (int round = 0; round < 50; round++) {
            for (String name : List.of("a", "b", "c", "d")) {
                h.answer(name, 503);
            }
            h.look();
            assertThat(h.health.out()).isEqualTo(2);
        }
    }

    @Test
    void shouldEjectAnEndpointThatFailsWhileItCoolsDown() {
        h.answer("a", 503).look().refuse("a", 5).look();
        assertThat(h.state("a")).isEqualTo(State.EJECTED);
        assertThat(h.health.out()).isEqualTo(1);
    }

    @Test
    void shouldProbeWithOneRequestAtATime() {
        probing("a");
        PodView a = h.pod("a");
        assertThat(h.health.open(a)).isTrue();
        long before = h.health.version();
        int probe = h.health.takeProbe(a);
        assertThat(probe).isNotEqualTo(Health.NO_PROBE);
        assertThat(h.health.version()).isGreaterThan(before);
        assertThat(h.health.open(a)).isFalse();
        assertThat(h.health.takeProbe(a)).isEqualTo(Health.NO_PROBE);
        h.health.returnProbe(a, probe);
        assertThat(h.health.open(a)).as("nothing was told of it").isTrue();
        assertThat(h.health.takeProbe(a)).isNotIn(Health.NO_PROBE, probe);
    }

    @Test
    void shouldNotEndAProbeByTheEndOfAnEarlierOne() {
        probing("a");
        PodView a = h.pod("a");
        int first = h.health.takeProbe(a);
        h.refuse("a", 1).look().pass(Duration.ofSeconds(20));
        int second = h.health.takeProbe(a);
        assertThat(second).isNotEqualTo(Health.NO_PROBE);
        h.health.returnProbe(a, first);
        assertThat(h.health.open(a)).isFalse();
        h.health.returnProbe(a, second);
        assertThat(h.health.open(a)).isTrue();
    }

    @Test
    void shouldComeBackWhenAProbeIsAnswered() {
        probing("a");
        h.health.answered(h.pod("a"), 404, -1);
        h.look();
        assertThat(h.state("a")).isEqualTo(State.READY);
        assertThat(h.health.quiet()).isTrue();
        assertThat(h.health.standing(h.pod("a")).reason()).as("is still told")
                .isEqualTo("5 consecutive failures: connect failed");
        h.refuse("a", 4).look();
        assertThat(h.state("a")).as("begins to count anew").isEqualTo(State.READY);
    }

    @Test
    void shouldEjectForTwiceAsLongEachTimeAProbeFails() {
        probing("a");
        for (long seconds : new long[] {20, 40, 80, 160, 300, 300, 300}) {
            h.refuse("a", 1).look();
            assertThat(h.health.standing(h.pod("a")).remainingNanos()).isEqualTo(Duration.ofSeconds(seconds).toNanos());
            assertThat(h.health.standing(h.pod("a")).reason()).isEqualTo("1 failure: connect failed");
            h.pass(Duration.ofSeconds(seconds));
            assertThat(h.state("a")).isEqualTo(State.PROBING);
        }
        assertThat(h.health.standing(h.pod("a")).ejections()).isEqualTo(8);
    }

    @Test
    void shouldRememberEjectionsUntilItWasWellForLong() {
        probing("a");
        h.answer("a", 200).look().pass(Duration.ofSeconds(299)).refuse("a", 5).look();
        assertThat(h.health.standing(h.pod("a")).ejections()).isEqualTo(2);
        h.pass(Duration.ofSeconds(20)).answer("a", 200).look().pass(Duration.ofSeconds(301)).refuse("a", 5).look();
        assertThat(h.health.standing(h.pod("a")).ejections()).isEqualTo(1);
    }

    @Test
    void shouldTakeOverloadOfAProbeForNeither() {
        probing("a");
        h.answer("a", 503).look();
        assertThat(h.state("a")).isEqualTo(State.EJECTED);
        assertThat(h.health.standing(h.pod("a")).remainingNanos()).isEqualTo(COOL_DOWN.toNanos());
        assertThat(h.health.standing(h.pod("a")).ejections()).isEqualTo(1);
        h.pass(COOL_DOWN);
        assertThat(h.state("a")).isEqualTo(State.PROBING);
    }

    @Test
    void shouldNotComeBackByAnAnswerFromBefore() {
        h.refuse("a", 5).look().answer("a", 200).look();
        assertThat(h.state("a")).isEqualTo(State.EJECTED);
        h.pass(EJECTION).look();
        assertThat(h.state("a")).isEqualTo(State.PROBING);
    }

    @Test
    void shouldLetActiveChecksProbeInstead() {
        h.rules("path", "/health");
        probing("a");
        assertThat(h.health.open(h.pod("a"))).isFalse();
        assertThat(h.health.takeProbe(h.pod("a"))).isEqualTo(Health.NO_PROBE);
        h.health.checked(h.pod("a"), false);
        h.look();
        assertThat(h.health.standing(h.pod("a"))).isEqualTo(new Health.Standing(State.EJECTED, "active checks failed",
                0, Duration.ofSeconds(20).toNanos(), 2));
        h.health.checked(h.pod("a"), true);
        h.look();
        assertThat(h.state("a")).as("its time is not over").isEqualTo(State.EJECTED);
        h.pass(Duration.ofSeconds(20));
        h.health.checked(h.pod("a"), true);
        h.look();
        assertThat(h.state("a")).isEqualTo(State.READY);
    }

    @Test
    void shouldEjectByActiveChecksButNeverMoreThanHalf() {
        h.rules("path", "/health");
        for (String name : List.of("a", "b", "c", "d")) {
            h.health.checked(h.pod(name), false);
        }
        h.look();
        assertThat(h.health.out()).isEqualTo(2);
        assertThat(h.count("penstock_ejectionsreason/check")).isEqualTo(2);
    }

    @Test
    void shouldNotForgetFailuresOfRequestsByActiveChecks() {
        h.rules("path", "/health");
        h.refuse("a", 4);
        h.health.checked(h.pod("a"), true);
        h.look().refuse("a", 1).look();
        assertThat(h.state("a")).isEqualTo(State.EJECTED);
    }

    @Test
    void shouldNotInheritInASlotThatIsUsedAgain() {
        PodView before = h.pod("a");
        h.refuse("a", 5).look();
        h.replace("a");
        h.look();
        assertThat(h.health.quiet()).isTrue();
        assertThat(h.health.standing(h.pod("a"))).isEqualTo(Health.Standing.WELL);
        for (int i = 0; i < 10; i++) {
            h.health.failed(before, Health.Failure.BROKEN);
            h.health.answered(before, 503, -1);
            h.health.checked(before, false);
        }
        h.look();
        assertThat(h.health.quiet()).isTrue();
        h.refuse("a", 4).look();
        assertThat(h.state("a")).isEqualTo(State.READY);
    }

    @Test
    void shouldBringBackTheFirstWhereAPoolHasShrunk() {
        h.refuse("a", 5).look().refuse("b", 5).look();
        h.ready("d", false);
        h.agent.doWork();
        assertThat(h.state("a")).isEqualTo(State.READY);
        assertThat(h.state("b")).isEqualTo(State.EJECTED);
        h.remove("c");
        h.agent.doWork();
        assertThat(h.state("b")).as("one of two may be out").isEqualTo(State.EJECTED);
        h.remove("a");
        h.agent.doWork();
        assertThat(h.health.quiet()).isTrue();
    }

    @Test
    void shouldBringBackEverybodyWhenItIsSwitchedOff() {
        h.refuse("a", 5).answer("b", 503).look();
        assertThat(h.health.out()).isEqualTo(2);
        h.rules("consecutive-failures", "0");
        h.agent.doWork();
        assertThat(h.state("a")).isEqualTo(State.READY);
        assertThat(h.state("b")).isEqualTo(State.COOLING_DOWN);
        h.rules("consecutive-failures", "0", "cool-down", "off");
        h.agent.doWork();
        assertThat(h.health.quiet()).isTrue();
        h.refuse("a", 100).answer("a", 503).look();
        assertThat(h.health.quiet()).isTrue();
    }

    @Test
    void shouldDecideOnceHoweverManyFailAtOnce() {
        h.refuse("a", 50).answer("a", 500).look().look();
        assertThat(h.count("penstock_ejectionsreason/status")).isEqualTo(1);
        assertThat(h.count("penstock_ejectionsreason/connect")).isZero();
        assertThat(h.woken).isEqualTo(1);
        assertThat(h.agent.restNanos()).isEqualTo(EJECTION.toNanos() - EjectionAgent.LOOK_INTERVAL_NANOS);
    }

    @Test
    void shouldRestWhereNothingIsToBeDone() {
        assertThat(h.agent.doWork()).isZero();
        assertThat(h.agent.restNanos()).isEqualTo(Long.MAX_VALUE);
        h.refuse("a", 5);
        assertThat(h.agent.restNanos()).isZero();
    }
}
