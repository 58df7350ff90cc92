package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.penstock.cache.CacheRole;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.kvevents.KvEventListener;
import dev.penstock.cache.kvevents.KvEventSettings;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.server.Penstock;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the engine's cache to the router's choice: a chat, its template, its tokens, the events, and the next turn. */
@Timeout(60)
class KvEventsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BLOCK_TOKENS = 16;
    private static final int OTHERS = 3;

    private final HttpClient client = HttpClient.newHttpClient();
    private final LinkedBlockingQueue<KvEvent> events = new LinkedBlockingQueue<>();
    private final ObjectNode chat = JSON.createObjectNode().put("model", "sim-model").put("max_tokens", 8);
    private final ArrayNode messages = chat.putArray("messages");

    private JsonNode post(SimEngine engine, String path) throws IOException, InterruptedException {
        return post(engine.url() + path);
    }

    private JsonNode post(String url) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(URI.create(url))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(chat.toString())).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private int[] tokens(SimEngine engine) throws IOException, InterruptedException {
        return StreamSupport.stream(post(engine, "/tokenize").path("tokens").spliterator(), false)
                .mapToInt(JsonNode::asInt).toArray();
    }

    private void say(String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }

    private FleetCache hear(SimFleet fleet) {
        FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).kvEvents(KvEventSettings.defaults()).start();
        Objects.requireNonNull(cache.kvEvents()).onEvent(new KvEventListener() {
            @Override
            public boolean event(int shard, KvEvent event) {
                return events.add(event);
            }

            @Override
            public boolean hasRoom(int shard) {
                return true;
            }
        });
        List<PodSpec> pods = new ArrayList<>();
        for (SimEngine engine : fleet.engines()) {
            Map<String, String> labels = Map.of("model.aibrix.ai/kv-events-enabled", "true",
                    "penstock.dev/kv-events-port", Integer.toString(engine.kvEventsPort()),
                    "penstock.dev/kv-events-replay-port", Integer.toString(engine.kvReplayPort()));
            pods.add(new PodSpec(new PodIdentity("default", engine.name(), engine.name()), "127.0.0.1",
                    List.of(engine.port()), null, "vllm", true, labels, Map.of(), Set.of("sim-model")));
        }
        assertThat(cache.proxy().offer(new CacheCommand.PodsReplaced("test", new FleetSpec(pods, List.of()))))
                .isTrue();
        return cache;
    }

    private static KvEvent of(PodView pod, KvEvent event) {
        return switch (event) {
            case KvEvent.Stored stored -> new KvEvent.Stored(pod, stored.hashes(), stored.parent(), stored.tokens(),
                    stored.blockTokens(), stored.adapter(), stored.medium());
            case KvEvent.Removed removed -> new KvEvent.Removed(pod, removed.hashes(), removed.medium());
            default -> new KvEvent.Cleared(pod);
        };
    }

    private KvEvent.Stored awaitStored(TestShard shard) throws InterruptedException {
        while (true) {
            KvEvent event = Objects.requireNonNull(events.poll(30, TimeUnit.SECONDS), "an event");
            shard.kvEvent(of(shard.pod(event.endpoint().name()), event));
            shard.serve();
            if (event instanceof KvEvent.Stored stored) {
                return stored;
            }
        }
    }

    private static String choice(TestShard shard, int[] tokens) {
        Routed routed = shard.route("prefix-cache", FakeRequest.plain().withTokens(tokens)
                .withPrefixHashes(LongStream.range(1, 1 + tokens.length / 32).toArray()));
        routed.ended();
        shard.serve();
        return String.valueOf(routed.pod());
    }

    @ParameterizedTest
    @EnumSource(KvEventForm.class)
    void shouldFindTheNextTurnOfAChatWhereTheFirstOneWas(KvEventForm form) throws IOException, InterruptedException {
        TestShard.Builder builder = TestShard.builder();
        ServiceLoader.load(RouterProvider.class).forEach(builder::router);
        try (SimFleet fleet = SimFleet.builder().engines(OTHERS + 1).time(TimeModel.zero())
                .kvCache(64, BLOCK_TOKENS).kvEvents(form, 0).start();
                FleetCache cache = hear(fleet); TestShard shard = builder.build()) {
            assertThat(cache.kvEvents()).isNotNull();
            fleet.engines().forEach(engine -> shard.fleet().add(engine.name()));
            shard.serve();
            SimEngine engine = fleet.engine(2);
            say("system", "You answer in short sentences, and never in verse, whoever asks for it and however often.");
            say("user", "What is a penstock, and what does it have to do with turbines? ".repeat(8));
            int[] first = tokens(engine);
            say("assistant", post(engine, "/v1/chat/completions").at("/choices/0/message/content").asText());
            KvEvent.Stored stored = awaitStored(shard);
            say("user", "And who invented it?");
            int[] second = tokens(fleet.engine(0));

            int whole = first.length / BLOCK_TOKENS * BLOCK_TOKENS;
            assertThat(stored.tokens()).isEqualTo(Arrays.copyOf(first, whole));
            assertThat(Arrays.copyOf(second, whole - BLOCK_TOKENS))
                    .isEqualTo(Arrays.copyOf(first, whole - BLOCK_TOKENS));
            for (int i = 0; i < 5; i++) {
                assertThat(choice(shard, second)).isEqualTo(engine.name());
            }
            assertThat(shard.counter("prefix-match", "kv_matched_exactly")).isPositive();

            messages.removeAll();
            say("user", "Something else altogether, which fills the cache from one end to the other. ".repeat(45));
            post(engine, "/v1/chat/completions");
            KvEvent.Stored other = awaitStored(shard);
            assertThat(other.parent()).as("a removal goes before it").isNull();
            shard.advance(Duration.ofSeconds(3));
            shard.load().inFlight(shard.pod(engine.name()), 1);
            assertThat(choice(shard, second)).as("its blocks are gone").isNotEqualTo(engine.name());
        }
    }

    private String metrics(Penstock penstock) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + penstock.adminPort() + "/metrics"))
                .build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private static Penstock balancer(SimFleet fleet) {
        StringBuilder endpoints = new StringBuilder();
        for (SimEngine engine : fleet.engines()) {
            endpoints.append("{address: \"").append(engine.address())
                    .append("\", labels: {model.aibrix.ai/kv-events-enabled: \"true\", penstock.dev/kv-events-port: \"")
                    .append(engine.kvEventsPort()).append("\", penstock.dev/kv-events-replay-port: \"")
                    .append(engine.kvReplayPort()).append("\"}}, ");
        }
        Penstock.Builder builder = Penstock.builder().config("test",
                "routers: {prefix-cache: {tokenizer: auto}}\nmodels: [{name: sim-model, endpoints: [" + endpoints
                        + "]}]");
        Map.of("listen.host", "127.0.0.1", "listen.port", "0", "admin.port", "0", "warm-up.requests", "0",
                "scrape.enabled", "false", "routing.strategy", "prefix-cache", "tokenizers.remote.deadline", "20s")
                .forEach((name, value) -> builder.setting(name, value, "test"));
        ServiceLoader.load(RouterProvider.class).forEach(builder::provider);
        return builder.start();
    }

    @Test
    void shouldSendTheNextTurnWhereTheFirstOneIsThroughTheWholeProxy() throws IOException, InterruptedException {
        try (SimFleet fleet = SimFleet.builder().engines(OTHERS + 1).time(TimeModel.zero())
                .kvCache(1_000, BLOCK_TOKENS).kvEvents(KvEventForm.MAP, 0).start();
                Penstock penstock = balancer(fleet)) {
            SimEngine engine = fleet.engine(1);
            say("system", "You answer in short sentences, and never in verse, whoever asks for it and however often.");
            say("user", "What is a penstock, and what does it have to do with turbines? ".repeat(8));
            // Not through the proxy, which so has nothing to guess from.
            say("assistant", post(engine, "/v1/chat/completions").at("/choices/0/message/content").asText());
            while (!metrics(penstock).contains("penstock_kv_events_total{type=\"stored\"} 1")) {
                Thread.onSpinWait();
            }
            String proxy = "http://127.0.0.1:" + penstock.port() + "/v1/chat/completions";
            List<JsonNode> turns = new ArrayList<>();
            messages.forEach(turns::add);
            messages.removeAll();
            // Whoever serves it has taken in all that was told before it when that is done.
            say("user", "Hi");
            post(proxy);
            messages.removeAll();
            turns.forEach(messages::add);
            for (int turn = 0; turn < 3; turn++) {
                say("user", "And who invented it? ".repeat(turn + 1));
                String answer = post(proxy).at("/choices/0/message/content").asText();
                assertThat(answer).startsWith("[" + engine.name() + "]");
                say("assistant", answer);
            }
            assertThat(metrics(penstock)).containsPattern(
                    "penstock_router_events_total\\{event=\"kv_matched_exactly\",strategy=\"prefix-match\"} [1-9]");
        }
    }
}
