package dev.penstock.bench.chat;

import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.server.Penstock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One strategy: engines with empty caches, a load balancer in front of them, and the load. */
final class ChatRun {

    private static final String MODEL = "chat-model";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ChatRun() {}

    /**
     * Runs it.
     *
     * @throws dev.penstock.core.config.InvalidSettingsException where there is no such strategy
     */
    static ChatResult of(ChatPlan plan, String strategy) throws IOException, InterruptedException {
        try (SimFleet fleet = SimFleet.builder().engines(plan.engines()).model(MODEL).time(plan.time())
                .kvCache(plan.kvBlocks(), 16).outputTokens(ChatPlan.OUTPUT_TOKENS).start();
                Penstock penstock = penstock(fleet, strategy)) {
            penstock.awaitReady(PATIENCE);
            ChatLoad load = new ChatLoad(plan, penstock.port(), MODEL);
            List<Long> times = load.run().stream().sorted().toList();
            List<Long> prompts = new ArrayList<>();
            List<Long> cached = new ArrayList<>();
            for (SimEngine engine : fleet.engines()) {
                String page = page(engine);
                prompts.add(metric(page, "vllm:prefix_cache_queries_total"));
                cached.add(metric(page, "vllm:prefix_cache_hits_total"));
            }
            return new ChatResult(strategy, times.size(), load.failures(), times, prompts, cached);
        }
    }

    private static Penstock penstock(SimFleet fleet, String strategy) {
        Penstock.Builder builder = Penstock.builder()
                .config("chat", "models:\n  - name: " + MODEL + "\n    endpoints: ["
                        + String.join(", ", fleet.addresses()) + "]\n")
                .setting("listen.host", "127.0.0.1", "bench")
                .setting("listen.port", "0", "bench")
                .setting("admin.port", "0", "bench")
                .setting("shutdown.delay", "off", "bench")
                .setting("routing.strategy", strategy, "--strategies");
        String home = System.getProperty("penstock.home");
        if (home != null) {
            builder.home(Path.of(home));
        }
        return builder.start();
    }

    private static String page(SimEngine engine) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(engine.url() + "/metrics")).timeout(PATIENCE)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static long metric(String page, String name) {
        return page.lines().filter(line -> line.startsWith(name + "{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }
}
