package dev.penstock.routers.basic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.TestShard;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionsTest {

    private final TestShard shard = BasicRouters.shard();

    @ParameterizedTest
    @ValueSource(strings = {"session-affinity:10,least-request:1", "least-request,session-affinity", "least-request:5",
        "least-request:1,random:0", "least-request,least-request"})
    void shouldTakeTheLessLoadedPodWithoutASession(String expression) {
        shard.fleet().add("a", "b");
        shard.load().inFlight(shard.pod("a"), 10).inFlight(shard.pod("b"), 2);
        assertThat(shard.routeAndEnd(expression).pod()).isEqualTo("b");
    }

    @Test
    void shouldTakeTheHeavierScorersPod() {
        shard.fleet().add("a", "b");
        shard.load().inFlight(shard.pod("a"), 10).inFlight(shard.pod("b"), 2);
        FakeRequest request = FakeRequest.plain().withSessionId(
                Base64.getEncoder().encodeToString("10.0.0.1:8000".getBytes(StandardCharsets.US_ASCII)));
        assertThat(shard.route("session-affinity:2,least-request:1", request).pod()).isEqualTo("a");
        assertThat(shard.route("session-affinity:1,least-request:2", request).pod()).isEqualTo("b");
    }

    // [QUIRK] AIBrix takes the first of its list, which it shuffles for each request.
    @Test
    void shouldTakeAnyOfEqualSums() {
        shard.fleet().add("a", "b", "c");
        Set<String> taken = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            taken.add(String.valueOf(shard.routeAndEnd("least-request:2,session-affinity:1").pod()));
        }
        assertThat(taken).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"random,least-request", "least-request:1,power-of-two:1", "round-robin,least-request",
        "least-request:1,invalid-strategy:1", "invalid-strategy", "random:0"})
    void shouldRefuseWhatCannotBeCombined(String expression) {
        assertThat(EngineParts.strategies(shard).parse(expression)).isNull();
    }
}
