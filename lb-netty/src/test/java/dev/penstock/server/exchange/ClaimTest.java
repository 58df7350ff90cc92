package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.ClaimedPod;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.ModelClaim.State;
import dev.penstock.core.model.PodIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that pods of a pool claim and do not serve now. */
@Timeout(30)
class ClaimTest {
    private static final Pattern WAKE =
            Pattern.compile("\\{\"model_name\":\"m\",\"operation_id\":\"([0-9a-f-]{36})\"}");

    private final FakeEngine runtime = new FakeEngine();
    private final TestProxy proxy = TestProxy.waking(runtime.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        runtime.close();
    }

    private static ClaimedPod claim(String uid, State state) {
        return claim(uid, "127.0.0.1", state);
    }

    private static ClaimedPod claim(String uid, String host, State state) {
        return new ClaimedPod(new PodIdentity("ns", uid, uid), host, true,
                new ModelClaim("claim", "m", state == State.ACTIVE ? 1 : 0, state));
    }

    private void claimed(ClaimedPod... claims) {
        proxy.fleet.publish(pods -> List.of(new Model("m", "m", EndpointList.EMPTY, EndpointList.EMPTY, 0, null, null,
                null, null, List.of(claims))));
    }

    private RawConnection.Message ask() {
        return client.send(Http.chat()).readMessage();
    }

    private long wakeUps(String result) {
        return proxy.count("penstock_model_wake_upsresult/" + result);
    }

    /** The operation that the runtime is asked for. */
    private static String operation(RawConnection.Message call) {
        assertThat(call.head()).startsWith("POST /v1/runtime/models/wake HTTP/1.1\r\n");
        Matcher body = WAKE.matcher(call.body());
        assertThat(body.matches()).as(call.body()).isTrue();
        return body.group(1);
    }

    @ParameterizedTest
    @CsvSource({"ACTIVATING, activating, 10", "SLEEPING, sleeping, 10", "FAILED, failed,"})
    void shouldSayHowFarAModelIs(State state, String word, String retryAfter) {
        claimed(claim("a", state));
        RawConnection.Message answer = ask();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo(retryAfter);
        assertThat(answer.header("x-error-no-model-backends")).isEqualTo("m");
        assertThat(answer.body()).contains("\"message\":\"model m is " + word + "; retry shortly\"",
                "\"code\":\"service_unavailable\"", "\"param\":\"model\"", "\"type\":\"overloaded_error\"");
    }

    @Test
    void shouldWakeAModelThatSleepsAndLetNobodyWait() {
        claimed(claim("a", State.SLEEPING));
        assertThat(ask().status()).isEqualTo(503);
        try (RawConnection pod = runtime.accept()) {
            RawConnection.Message call = pod.readMessage();
            operation(call);
            assertThat(call.header("content-type")).isEqualTo("application/json");
            assertThat(call.header("host")).isEqualTo("127.0.0.1:" + runtime.port);
            assertThat(call.header("authorization")).isNull();
            // Still not answered: the client has its answer all the same.
            assertThat(ask().status()).isEqualTo(503);
            assertThat(ask().status()).isEqualTo(503);
            assertThat(wakeUps("joined")).isEqualTo(2);
            pod.send(Http.answer("202 Accepted", "{}"));
            TestProxy.await("agreed", () -> wakeUps("woken") == 1);
        }
        assertThat(runtime.untouched()).isTrue();
    }

    @Test
    void shouldAskAgainForAnotherOperation() {
        claimed(claim("a", State.SLEEPING));
        Set<String> operations = new HashSet<>();
        for (int i = 1; i <= 3; i++) {
            long agreed = i;
            ask();
            try (RawConnection pod = runtime.accept()) {
                operations.add(operation(pod.readMessage()));
                pod.send(Http.ok("{}"));
                TestProxy.await("agreed", () -> wakeUps("woken") == agreed);
            }
            // Another version of the same pod.
            claimed(claim("a", State.SLEEPING));
        }
        assertThat(operations).hasSize(3);
    }

    @Test
    void shouldTryTheNextPodWhereOneFails() {
        // The same machine by another address.
        claimed(claim("a", State.SLEEPING), claim("b", "::ffff:127.0.0.1", State.SLEEPING));
        List<String> hosts = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            long failures = i;
            ask();
            try (RawConnection pod = runtime.accept()) {
                hosts.add(String.valueOf(pod.readMessage().header("host")));
                pod.send(i == 1 ? Http.answer("500 Internal Server Error", "{}") : "");
            }
            TestProxy.await("failed", () -> wakeUps("failed") == failures);
        }
        String first = "127.0.0.1:" + runtime.port;
        assertThat(hosts).containsExactly(first, "[::ffff:127.0.0.1]:" + runtime.port, first);
    }

    @Test
    void shouldWakeNothingThatIsOnItsWayOrHasFailed() {
        List<ClaimedPod[]> fleets = new ArrayList<>();
        fleets.add(new ClaimedPod[] {claim("a", State.ACTIVATING), claim("b", State.SLEEPING)});
        fleets.add(new ClaimedPod[] {claim("a", State.FAILED)});
        fleets.add(new ClaimedPod[] {new ClaimedPod(new PodIdentity("ns", "a", "a"), "127.0.0.1", false,
                new ModelClaim("claim", "m", 0, State.SLEEPING))});
        for (ClaimedPod[] claims : fleets) {
            claimed(claims);
            assertThat(ask().status()).isEqualTo(503);
        }
        assertThat(runtime.untouched()).isTrue();
    }

    @Test
    void shouldSayThatItsPodsAreNotReadyWhereItIsActive() {
        claimed(claim("a", State.ACTIVE));
        RawConnection.Message answer = ask();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("error on getting pods for model m");
    }

    @Test
    void shouldGiveUpARuntimeThatCannotBeReached() {
        runtime.close();
        claimed(claim("a", State.SLEEPING));
        ask();
        TestProxy.await("failed", () -> wakeUps("failed") == 1);
    }
}
