package dev.penstock.bench.traces;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.bench.sim.InstantReply;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.server.Penstock;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Several load balancers, one Redis that fails, and clients that count. Confined to one thread. */
final class TracesBench {

    private static final int BALANCERS = 3;
    private static final int CLIENTS = 24;
    private static final List<String> MODELS = List.of("llama-3-8b", "org/qwen:7b", "modell-ä");
    private static final String LOST = "penstock_trace_window_records_lost_total";
    private static final String DROPPED = "penstock_trace_records_lost_total";

    /**
     * What is done.
     *
     * @param requests requests in all
     * @param perSecond requests a second
     * @param cutSeconds how long Redis does not answer
     */
    record Plan(long requests, long perSecond, long cutSeconds) {}

    private final Plan plan;
    private final PrintWriter out;

    TracesBench(Plan plan, PrintWriter out) {
        this.plan = plan;
        this.out = out;
    }

    TraceVerdict run() throws IOException, InterruptedException {
        List<Penstock> balancers = new ArrayList<>();
        try (RedisProcess redis = RedisProcess.start();
                SimFleet fleet = SimFleet.builder().engines(2).models(MODELS).instant(new InstantReply.Body(1_024))
                        .start()) {
            for (int i = 0; i < BALANCERS; i++) {
                balancers.add(balancer(fleet, redis.url(), "replica-" + i));
            }
            for (Penstock balancer : balancers) {
                balancer.awaitReady(Duration.ofSeconds(30));
            }
            List<String> urls = balancers.stream().map(each -> "http://127.0.0.1:" + each.port()).toList();
            try (TraceClients clients = new TraceClients(CLIENTS, plan.requests(), plan.perSecond(), urls, MODELS)) {
                faults(redis, plan.requests() / plan.perSecond() - plan.cutSeconds());
                while (clients.busy()) {
                    pause(100);
                }
                say("all requests are sent; waiting for the last window");
                // What began before the border was written 250 ms after it, or is on its way.
                pause(TraceTally.WINDOW_MILLIS - System.currentTimeMillis() % TraceTally.WINDOW_MILLIS + 3_000);
                return new TraceVerdict(clients.begun(), clients.ended(), inRedis(redis.url()),
                        lost(balancers, "arrival"), lost(balancers, "completion"), clients.failed());
            }
        } finally {
            balancers.forEach(Penstock::close);
        }
    }

    /** Killed twice, started again empty, and then silent for a while; in between all is well. */
    private void faults(RedisProcess redis, long quietSeconds) throws IOException, InterruptedException {
        long quarter = TimeUnit.SECONDS.toMillis(Math.max(4, quietSeconds)) / 4;
        for (int i = 0; i < 2; i++) {
            pause(quarter * 3 / 4);
            say("Redis is killed");
            redis.kill();
            pause(quarter / 4);
            redis.startAgain();
            say("Redis is back, empty");
        }
        pause(quarter);
        say("Redis does not answer");
        redis.hang();
        pause(TimeUnit.SECONDS.toMillis(plan.cutSeconds()));
        redis.goOn();
        say("Redis answers again");
    }

    private void say(String what) {
        out.println(what);
        out.flush();
    }

    private static void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static Penstock balancer(SimFleet fleet, String redis, String name) {
        StringBuilder models = new StringBuilder("models:\n");
        for (String model : MODELS) {
            models.append("  - name: ").append(model).append("\n    endpoints: [")
                    .append(String.join(", ", fleet.addresses())).append("]\n");
        }
        Penstock.Builder builder = Penstock.builder().config("traces", models.toString())
                .setting("listen.host", "127.0.0.1", "bench").setting("listen.port", "0", "bench")
                .setting("admin.port", "0", "bench").setting("warm-up.requests", "0", "bench")
                .setting("scrape.enabled", "false", "bench").setting("redis.url", redis, "bench")
                .setting("redis.replica", name, "bench");
        String home = System.getProperty("penstock.home");
        if (home != null) {
            builder.home(Path.of(home));
        }
        return builder.start();
    }

    private static SortedMap<Long, long[]> inRedis(String url) throws IOException {
        SortedMap<Long, long[]> found = new TreeMap<>();
        ObjectMapper json = new ObjectMapper();
        RedisClient client = RedisClient.create(url);
        try {
            RedisCommands<String, String> redis = client.connect().sync();
            ScanIterator<String> keys = ScanIterator.scan(redis,
                    ScanArgs.Builder.matches("aibrix:*_request_trace_*").limit(1_000));
            while (keys.hasNext()) {
                String key = keys.next();
                long end = Long.parseLong(key.substring(key.lastIndexOf('_') + 1));
                JsonNode record = json.readTree(redis.get(key));
                long[] sums = found.computeIfAbsent(end, any -> new long[2]);
                sums[0] += record.path("meta_total_reqs").asLong();
                record.properties().stream().filter(each -> !each.getKey().startsWith("meta_"))
                        .forEach(each -> sums[1] += each.getValue().asLong());
            }
        } finally {
            client.shutdown();
        }
        return found;
    }

    /** What balancers say is missing, by their metrics. */
    private static long lost(List<Penstock> balancers, String record) throws IOException, InterruptedException {
        long sum = 0;
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (Penstock balancer : balancers) {
                String page = http.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + balancer.adminPort() + "/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString()).body();
                for (String name : List.of(LOST, DROPPED)) {
                    String series = name + "{record=\"" + record + "\"} ";
                    sum += page.lines().filter(line -> line.startsWith(series))
                            .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length()))).sum();
                }
            }
        }
        return sum;
    }
}
