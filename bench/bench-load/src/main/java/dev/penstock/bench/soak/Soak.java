package dev.penstock.bench.soak;

import dev.penstock.bench.sim.EngineCounters;
import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.server.Penstock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A soak from beginning to end: engines and a load balancer in this process, clients of all kinds, faults, and a look
 * at what is left. One thread.
 */
final class Soak {
    private static final List<String> MODELS = List.of("soak-a", "soak-b");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int REQUESTS_AFTERWARDS = 300;
    /** A decode step, so that streams are streams. */
    private static final TimeModel QUICK = new TimeModel(0, 300_000, 5_000, 256);

    private final Logger podFileLog = Logger.getLogger("dev.penstock.cache.discovery");
    private final SoakPlan plan;
    private final Consumer<Penstock.Builder> setUp;
    private final Path directory;
    private final Ends ends = new Ends();
    private final Ends rehearsal = new Ends();
    private final Outages outages = new Outages();
    private final Map<String, Long> around = new TreeMap<>();
    private Duration duration = Duration.ZERO;

    /**
     * A soak that has not begun.
     *
     * @param setUp     says where the load balancer finds its routers
     * @param directory for the pod file
     */
    Soak(SoakPlan plan, Consumer<Penstock.Builder> setUp, Path directory) {
        this.plan = plan;
        this.setUp = setUp;
        this.directory = directory;
    }

    /** Runs it. */
    SoakReport run() throws IOException, InterruptedException {
        Level level = podFileLog.getLevel();
        // Edits are broken on purpose, hundreds of them.
        podFileLog.setLevel(Level.OFF);
        try (Leaks leaks = new Leaks(ends)) {
            return rehearseAndRun(leaks);
        } finally {
            podFileLog.setLevel(level);
        }
    }

    private SoakReport rehearseAndRun(Leaks leaks) throws IOException, InterruptedException {
        // What is opened once and for all, such as jars and the poller of virtual threads, is open after a first run.
        run(rehearsal, false);
        rehearsal.problems().forEach(ends::problem);
        around.clear();
        Descriptors before = Descriptors.now();
        run(ends, true);
        new Residue(ends).ofDescriptors(before);
        leaks.look();
        return new SoakReport(plan.seed(), duration, ends.total(), ends.counts(), around, List.copyOf(ends.problems()));
    }

    private void run(Ends counted, boolean rough) throws IOException, InterruptedException {
        try (SimFleet fleet = SimFleet.builder().engines(plan.engines()).models(MODELS).maxModelLen(1 << 20)
                .faultHeader(true).time(QUICK).seed(plan.seed()).start()) {
            PodFile pods = new PodFile(directory.resolve("pods.yaml"), MODELS, fleet.addresses());
            pods.writeAll();
            Residue residue = new Residue(counted);
            try (Penstock penstock = start(pods.path())) {
                if (rough) {
                    load(penstock, fleet, pods, residue);
                } else {
                    afterwards(penstock, counted);
                }
                residue.ofRequests(penstock, fleet);
                count(penstock, fleet, pods);
            }
            residue.ofThreads();
        }
    }

    private Penstock start(Path pods) {
        Penstock.Builder builder = Penstock.builder().config("soak", "");
        Map.of("discovery.file", pods.toString(), "discovery.interval", "100ms", "listen.host", "127.0.0.1",
                "listen.port", "0", "admin.port", "0", "warm-up.requests", "0", "limits.body",
                Integer.toString(BadCalls.BODY_LIMIT), "shutdown.grace", "5s")
                .forEach((name, value) -> builder.setting(name, value, "soak"));
        Map.of("timeouts.connect", "2s", "timeouts.first-byte", "3s", "timeouts.first-byte-unary", "3s",
                "timeouts.idle", "3s").forEach((name, value) -> builder.setting(name, value, "soak"));
        setUp.accept(builder);
        return builder.start();
    }

    private void load(Penstock penstock, SimFleet fleet, PodFile pods, Residue residue) throws InterruptedException {
        long begun = System.nanoTime();
        Tickets tickets = new Tickets(0, plan.requests(), plan.time().toNanos());
        CallMix mix = new CallMix(plan.seed(), MODELS, plan.faults());
        Judge judge = new Judge(outages);
        try (Chaos chaos = new Chaos(plan.seed(), fleet.engines(), pods, outages, ends);
                Watch watch = new Watch(penstock, plan.clients(), ends)) {
            chaos.start();
            watch.start();
            Client.runAll(plan.clients(), () -> new Client(penstock.port(), PATIENCE, tickets, mix, judge, ends));
        }
        duration = Duration.ofNanos(System.nanoTime() - begun);
        residue.ofRequests(penstock, fleet);
        recover(penstock, fleet);
    }

    /** When all is well again, all requests are answered. */
    private void recover(Penstock penstock, SimFleet fleet) throws InterruptedException {
        // The pod file is looked at twice before it counts.
        long[] served = fleet.engines().stream().mapToLong(engine -> engine.counters().requests().value()).toArray();
        Ends calm = new Ends();
        boolean allServe = Patience.until(PATIENCE, () -> {
            try {
                afterwards(penstock, calm);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
            for (int i = 0; i < served.length; i++) {
                if (fleet.engine(i).counters().requests().value() == served[i]) {
                    return false;
                }
            }
            return true;
        });
        if (!allServe) {
            ends.problem("an engine that is back gets no requests");
        }
        around.put("requests afterwards, all answered", calm.total());
        calm.problems().forEach(problem -> ends.problem("when all was well again: " + problem));
    }

    private void afterwards(Penstock penstock, Ends counted) throws InterruptedException {
        Tickets tickets = new Tickets(0, REQUESTS_AFTERWARDS, PATIENCE.toNanos());
        CallMix mix = new CallMix(plan.seed(), MODELS, null);
        Judge strict = new Judge(new Outages());
        Client.runAll(8, () -> new Client(penstock.port(), PATIENCE, tickets, mix, strict, counted));
    }

    // ---- what went on

    private void count(Penstock penstock, SimFleet fleet, PodFile pods) throws IOException, InterruptedException {
        around.put("faults injected", sum(fleet, counters -> counters.faulted().value()));
        around.put("requests that engines received", sum(fleet, counters -> counters.requests().value()));
        around.put("outages of engines", (long) outages.count());
        around.put("edits of the pod file", (long) pods.edits());
        around.put("edits of the pod file that were broken", (long) pods.broken());
        String metrics = metrics(penstock);
        around.put("retries", metric(metrics, "penstock_retries_total"));
        around.put("retries refused by the budget", metric(metrics, "penstock_retries_refused_total"));
        long internal = metric(metrics, "penstock_errors_total{error=\"internal\"}");
        if (internal != 0) {
            ends.problem(internal + " internal errors");
        }
    }

    private static long sum(SimFleet fleet, ToLongFunction<EngineCounters> figure) {
        return fleet.engines().stream().map(SimEngine::counters).mapToLong(figure).sum();
    }

    private String metrics(Penstock penstock) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + penstock.adminPort() + "/metrics")).timeout(PATIENCE).build();
            HttpResponse<String> page = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (page.statusCode() != 200) {
                ends.problem("/metrics answers " + page.statusCode() + ": " + page.body());
            }
            return page.body();
        }
    }

    /** The sum of all series whose name and labels begin so. */
    static long metric(String metrics, String start) {
        return metrics.lines().filter(line -> line.startsWith(start))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** A directory for the pod file; {@link #delete} removes it. */
    static Path temporaryDirectory() throws IOException {
        return Files.createTempDirectory("penstock-soak-");
    }

    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve("pods.yaml"));
        Files.deleteIfExists(directory.resolve("pods.new"));
        Files.deleteIfExists(directory);
    }
}
