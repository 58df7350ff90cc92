package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisServer;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Needs;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two whole balancers on one Redis. */
@Timeout(60)
class ReplicasTest {

    private static final String LONG_CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + "what replicas tell each other ".repeat(20) + "\"}]}";

    private final TestEngine one = new TestEngine();
    private final TestEngine two = new TestEngine();
    private final RedisServer redis = RedisServer.start();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Fewest routersOfA = new Fewest();
    private final Fewest routersOfB = new Fewest();
    private final Penstock a = start(routersOfA, "a");
    private final Penstock b = start(routersOfB, "b");

    @AfterEach
    void close() {
        one.close();
        two.close();
        client.close();
        a.close();
        b.close();
        redis.close();
    }

    /** Takes the pod with the fewest requests, notes the hashes that it sees and the prompts of others. */
    private static final class Fewest implements RouterProvider {
        private final Queue<long[]> seen = new ConcurrentLinkedQueue<>();
        private final Queue<KvEvent.Expected> heard = new ConcurrentLinkedQueue<>();

        @Override
        public String name() {
            return "fewest";
        }

        @Override
        public Needs needs() {
            return Needs.hashes(128);
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return new Router() {
                @Override
                public void route(RoutingContext context) {
                    seen.add(context.request().prefixHashes());
                    Candidates candidates = context.candidates();
                    PodView best = candidates.get(0);
                    for (int i = 1; i < candidates.size(); i++) {
                        PodView other = candidates.get(i);
                        best = context.load().inFlight(other) < context.load().inFlight(best) ? other : best;
                    }
                    context.select(best);
                }

                @Override
                public void kvEvent(KvEvent event) {
                    if (event instanceof KvEvent.Expected expected) {
                        heard.add(expected);
                    }
                }
            };
        }
    }

    private Penstock start(Fewest routers, String name) {
        return TestBalancer.builder().provider(routers)
                .setting("redis.url", redis.url(), "test").setting("redis.replica", name, "test")
                .setting("replicas.period", "10ms", "test").setting("replicas.expire", "5s", "test")
                .setting("routing.strategy", "fewest", "test")
                .config("inline", "models: [{name: m, endpoints: [\"127.0.0.1:" + one.port() + "\", \"127.0.0.1:"
                        + two.port() + "\"]}]\n").start();
    }

    @Test
    void shouldSendARequestToThePodThatTheOtherReplicaHasLeftIdle() {
        awaitEachOther();
        client.sendAsync(chat(a, TestBalancer.STREAM), HttpResponse.BodyHandlers.discarding());
        TestBalancer.await("the stream is known", () -> admin(b, "/admin/snapshot?model=m")
                .contains("\"in_flight_remote\" : 1,"));
        // It is counted when its pod is chosen, before the pod has heard of it.
        TestBalancer.await("the stream has come", () -> !one.asked.isEmpty() || !two.asked.isEmpty());
        TestEngine idle = one.asked.isEmpty() ? one : two;

        for (int i = 0; i < 5; i++) {
            assertThat(send(chat(b, TestBalancer.CHAT)).statusCode()).isEqualTo(200);
        }

        assertThat(idle.asked).hasSize(5);
    }

    @Test
    void shouldHearWhichPromptsTheOtherReplicaHasSentByTheHashesThatItHasItself() {
        awaitEachOther();
        // Its own, so that its router is there to hear.
        send(chat(b, LONG_CHAT));

        TestBalancer.await("the same hashes", () -> {
            send(chat(a, LONG_CHAT));
            send(chat(b, LONG_CHAT));
            return routersOfB.heard.stream().anyMatch(prompt -> prompt.prefixHashes().length >= 4
                    && routersOfB.seen.stream().anyMatch(own -> Arrays.equals(own, prompt.prefixHashes())));
        });
    }

    @Test
    void shouldFindAResponseThatTheOtherReplicaHasBeenGiven() {
        TestBalancer.await("the pin is found", () -> {
            send(request(a, "/v1/responses").POST(HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"m\",\"input\":\"hi\"}")).build());
            return send(request(b, "/v1/responses/a").GET().build()).statusCode() == 200;
        });
        assertThat(send(request(b, "/v1/responses/unknown").GET().build()).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldServeOnWithoutRedis() {
        awaitEachOther();
        redis.kill();

        for (int i = 0; i < 5; i++) {
            assertThat(send(chat(a, LONG_CHAT)).statusCode()).isEqualTo(200);
        }
        assertThat(send(request(a, "/v1/responses/unknown").GET().build()).statusCode()).isEqualTo(404);
    }

    private void awaitEachOther() {
        for (Penstock each : new Penstock[] {a, b}) {
            TestBalancer.await("the other one is there", () -> admin(each, "/metrics").contains("penstock_replicas 1"));
        }
    }

    private static HttpRequest.Builder request(Penstock to, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + to.port() + path))
                .header("Content-Type", "application/json");
    }

    private static HttpRequest chat(Penstock to, String body) {
        return request(to, "/v1/chat/completions").POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    private String admin(Penstock of, String path) {
        return send(HttpRequest.newBuilder(URI.create("http://localhost:" + of.adminPort() + path)).build()).body();
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
