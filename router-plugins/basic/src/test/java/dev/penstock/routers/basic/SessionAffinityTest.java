package dev.penstock.routers.basic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionAffinityTest {

    private static final List<String> PODS = List.of("p1", "p2", "p3", "p4");

    private final TestShard shard = BasicRouters.shard();

    private static String id(String address) {
        return Base64.getEncoder().encodeToString(address.getBytes(StandardCharsets.UTF_8));
    }

    private FakeFleet fleet() {
        return shard.fleet().add(PODS.toArray(String[]::new));
    }

    @Test
    void shouldFollowTheSessionId() {
        fleet();
        for (int i = 0; i < 20; i++) {
            assertThat(shard.route("session-affinity", FakeRequest.plain().withSessionId(id("10.0.0.2:8000"))).pod())
                    .isEqualTo("p2");
        }
    }

    @Test
    void shouldMoveASessionWhileItsPodIsOutOrNotReadyAndThenBringItBack() {
        fleet();
        FakeRequest bound = FakeRequest.plain().withSessionId(id("10.0.0.2:8000"));
        FakeRequest keyed = FakeRequest.plain().withSessionKey("some key");
        String home = String.valueOf(shard.route("session-affinity", keyed).pod());
        EngineParts.health(shard).state(shard.pod("p2"), Health.State.EJECTED)
                .state(shard.pod(home), Health.State.EJECTED);
        assertThat(shard.route("session-affinity", bound).pod()).isNotEqualTo("p2");
        String elsewhere = String.valueOf(shard.route("session-affinity", keyed).pod());
        assertThat(elsewhere).isNotEqualTo(home);
        for (int i = 0; i < 20; i++) {
            assertThat(shard.route("session-affinity", keyed).pod()).as("stays there").isEqualTo(elsewhere);
        }
        EngineParts.health(shard).state(shard.pod("p2"), Health.State.READY)
                .state(shard.pod(home), Health.State.READY);
        assertThat(shard.route("session-affinity", bound).pod()).isEqualTo("p2");
        assertThat(shard.route("session-affinity", keyed).pod()).isEqualTo(home);
        shard.fleet().ready("p2", false);
        assertThat(shard.route("session-affinity", bound).pod()).isNotEqualTo("p2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!!!", "MTAuMC4wLjk5OjgwMDA=", "MTAuMC4wLjI=", "10.0.0.2:8000"})
    void shouldTakeAnyPodForASessionIdThatNamesNone(String sessionId) {
        fleet();
        Set<String> taken = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            Routed outcome = shard.route("session-affinity", FakeRequest.plain().withSessionId(sessionId));
            taken.add(String.valueOf(outcome.pod()));
            assertThat(outcome.headers()).containsEntry("x-session-id", id(String.valueOf(outcome.address())));
        }
        assertThat(taken).containsExactlyElementsOf(PODS);
    }

    @Test
    void shouldAlwaysNameTheChosenPodInTheAnswer() {
        fleet();
        for (int i = 0; i < 20; i++) {
            Routed outcome = shard.route("session-affinity");
            assertThat(outcome.headers()).containsExactly(Map.entry("x-session-id",
                    id(String.valueOf(outcome.address()))));
        }
    }

    // [QUIRK] AIBrix passes the router over where there is one pod, and the client gets no session id.
    @Test
    void shouldNameTheOnlyPodUnlikeAibrix() {
        shard.fleet().add("p1");
        assertThat(shard.route("session-affinity").headers()).containsEntry("x-session-id", id("10.0.0.1:8000"));
    }

    @Test
    void shouldNameThePodThatAnExpressionChose() {
        fleet();
        shard.load().inFlight(shard.pod("p1"), 9).inFlight(shard.pod("p2"), 9).inFlight(shard.pod("p4"), 9);
        Routed outcome = shard.route("session-affinity:1,least-request:3",
                FakeRequest.plain().withSessionId(id("10.0.0.1:8000")));
        assertThat(outcome.pod()).isEqualTo("p3");
        assertThat(outcome.headers()).containsEntry("x-session-id", id("10.0.0.3:8000"));
    }

    @Test
    void shouldSayNothingOfSessionsForOtherStrategies() {
        fleet();
        shard.route("session-affinity");
        assertThat(shard.route("least-request").headers()).isEmpty();
    }

    @Test
    void shouldNameThePodThatTookOverTheSlot() {
        fleet();
        shard.route("session-affinity", FakeRequest.plain().withSessionId(id("10.0.0.2:8000")));
        shard.fleet().remove("p2").add("p5");
        assertThat(shard.pod("p5").slot()).isEqualTo(1);
        Routed outcome = shard.route("session-affinity", FakeRequest.plain().withSessionId(id("10.0.0.5:8000")));
        assertThat(outcome.pod()).isEqualTo("p5");
        assertThat(outcome.headers()).containsEntry("x-session-id", id("10.0.0.5:8000"));
    }

    @Test
    void shouldSendAKeyToOnePodWhateverTheOrderOfTheFleet() {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            String key = "user-" + random.nextInt();
            Set<String> addresses = new TreeSet<>();
            for (int order = 0; order < 4; order++) {
                List<Integer> hosts = new ArrayList<>(List.of(1, 2, 3, 4, 5));
                Collections.shuffle(hosts, random);
                TestShard shuffled = BasicRouters.shard();
                for (int i = 0; i < hosts.size(); i++) {
                    shuffled.fleet().add("pod-" + i, "10.0.0." + hosts.get(i), 8000, "");
                }
                addresses.add(String.valueOf(shuffled.route("session-affinity",
                        FakeRequest.plain().withSessionKey(key)).address()));
            }
            assertThat(addresses).hasSize(1);
            assertThat(addresses).containsExactly(expected(key, 5));
        }
    }

    /** The highest unsigned FNV-1a of key, zero byte and address, told with numbers that have no sign to lose. */
    private static String expected(String key, int pods) {
        String best = "";
        BigInteger highest = BigInteger.valueOf(-1);
        for (int i = 1; i <= pods; i++) {
            String address = "10.0.0." + i + ":8000";
            BigInteger drawn = fnv(key + "\0" + address);
            if (drawn.compareTo(highest) > 0) {
                highest = drawn;
                best = address;
            }
        }
        return best;
    }

    private static BigInteger fnv(String text) {
        BigInteger hash = new BigInteger("cbf29ce484222325", 16);
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            hash = hash.xor(BigInteger.valueOf(b & 0xFF)).multiply(new BigInteger("100000001b3", 16))
                    .mod(BigInteger.ONE.shiftLeft(64));
        }
        return hash;
    }

    @ParameterizedTest
    @CsvSource({"'', cbf29ce484222325", "a, af63dc4c8601ec8c", "foobar, 85944171f73967e8"})
    void shouldHashAsFnv1aDoes(String text, String hash) {
        assertThat(Long.toHexString(Rendezvous.hash(text))).isEqualTo(hash);
    }

    @Test
    void shouldMoveOnlyTheKeysOfAPodThatLeft() {
        fleet();
        for (int i = 0; i < 100; i++) {
            FakeRequest request = FakeRequest.plain().withSessionKey("key-" + i);
            shard.fleet().ready("p3", true);
            String before = shard.route("session-affinity", request).pod();
            shard.fleet().ready("p3", false);
            String after = shard.route("session-affinity", request).pod();
            assertThat(after).isNotEqualTo("p3");
            if (!"p3".equals(before)) {
                assertThat(after).isEqualTo(before);
            }
        }
    }

    @Test
    void shouldPreferTheSessionIdToTheKey() {
        fleet();
        for (int i = 0; i < 30; i++) {
            assertThat(shard.route("session-affinity", FakeRequest.plain().withSessionKey("key-" + i)
                    .withSessionId(id("10.0.0.4:8000"))).pod()).isEqualTo("p4");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "256, true", "257, false", "0, false"})
    void shouldPassOverKeysThatAreEmptyOrTooLong(int length, boolean bound) {
        fleet();
        FakeRequest request = FakeRequest.plain().withSessionKey("k".repeat(length));
        Set<String> taken = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            taken.add(String.valueOf(shard.route("session-affinity", request).pod()));
        }
        assertThat(taken.size() == 1).isEqualTo(bound);
    }

    @Test
    void shouldTakeAKeyWithAnyBytes() {
        fleet();
        String key = "k\u00e9y \u0080\u00ff";
        String address = shard.route("session-affinity", FakeRequest.plain().withSessionKey(key)).address();
        assertThat(address).isEqualTo(expected(key, 4));
    }

    @Test
    void shouldNeverSendTheKeyBack() {
        fleet();
        Routed outcome = shard.route("session-affinity", FakeRequest.plain().withSessionKey("secret"));
        assertThat(outcome.headers().values()).noneMatch(value -> value.contains("secret"));
    }
}
