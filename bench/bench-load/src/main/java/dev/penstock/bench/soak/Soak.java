package dev.penstock.bench.soak;

import dev.penstock.bench.sim.EngineCounters;
import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.server.Penstock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * A soak from beginning to end: engines and load balancers in this process, clients of all kinds, faults, and a look at
 * what is left. One thread.
 */
final class Soak {
    private static final String PROMPT_INDEX = "penstock_router_level";
    private static final List<String> MODELS = List.of("soak-a", "soak-b");
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final int REQUESTS_AFTERWARDS = 300;
    private static final int CLIENTS_AFTERWARDS = 16;
    /** A decode step, so that streams are streams. */
    private static final TimeModel QUICK = new TimeModel(0, 300_000, 5_000, 256);

    /** What is broken on purpose is logged, thousands of times. */
    private final List<Logger> loud = Stream.of("dev.penstock.cache.discovery", "dev.penstock.core.engine",
            "dev.penstock.server.mailbox", "dev.penstock.server.tls").map(Logger::getLogger).toList();
    /** Netty tells of every frame that comes behind the reset of its stream, which is no news here. */
    private final Logger http2 = Logger.getLogger("io.netty.handler.codec.http2");
    private final SoakPlan plan;
    private final Consumer<Penstock.Builder> setUp;
    private final Path directory;
    private final CertificateFiles certificates;
    private final Ends ends = new Ends();
    private final Ends rehearsal = new Ends();
    private final Outages outages = new Outages();
    private final Map<String, Long> around = new TreeMap<>();
    private Duration duration = Duration.ZERO;

    /**
     * A soak that has not begun.
     *
     * @param setUp     says where the load balancers find their routers
     * @param directory for the pod file and certificates
     */
    Soak(SoakPlan plan, Consumer<Penstock.Builder> setUp, Path directory) {
        this.plan = plan;
        this.setUp = setUp;
        this.directory = directory;
        this.certificates = new CertificateFiles(directory);
    }

    /** Runs it. */
    SoakReport run() throws IOException, InterruptedException {
        Map<Logger, Level> levels = new HashMap<>();
        for (Logger logger : loud) {
            levels.put(logger, logger.getLevel());
            logger.setLevel(Level.OFF);
        }
        levels.put(http2, http2.getLevel());
        http2.setLevel(Level.WARNING);
        try (Leaks leaks = new Leaks(ends)) {
            return rehearseAndRun(leaks);
        } finally {
            levels.forEach(Logger::setLevel);
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
            try (Balancers balancers = Balancers.start(pods, certificates, setUp);
                    Crowd crowd = new Crowd(balancers.doors(), PATIENCE)) {
                if (rough) {
                    load(balancers, crowd, fleet, pods);
                    residue.ofRequests(balancers, fleet);
                    recover(balancers, crowd, fleet);
                } else {
                    afterwards(crowd, counted);
                }
                residue.ofRequests(balancers, fleet);
                count(balancers, fleet, pods);
            }
            residue.ofThreads();
        }
    }

    private void load(Balancers balancers, Crowd crowd, SimFleet fleet, PodFile pods) throws InterruptedException {
        long begun = System.nanoTime();
        Tickets tickets = new Tickets(0, plan.requests(), plan.time().toNanos());
        Stillness stillness = new Stillness(tickets, balancers, ends);
        Judge judge = new Judge(outages);
        Watch watch = new Watch(balancers, plan.clients(), stillness, ends);
        try (Chaos chaos = new Chaos(plan.seed(), fleet.engines(), pods, certificates, outages, ends);
                Watch watching = watch) {
            chaos.start();
            watching.start();
            crowd.run(plan.clients(), tickets, http2 -> new CallMix(plan.seed(), MODELS, plan.faults(), http2), judge,
                    ends);
        }
        duration = Duration.ofNanos(System.nanoTime() - begun);
        around.putAll(watch.extremes());
        around.put("times when nothing was open", (long) stillness.times());
    }

    /** When all is well again, all requests are answered, and the certificate is the one that was put in place last. */
    private void recover(Balancers balancers, Crowd crowd, SimFleet fleet) throws InterruptedException {
        // The pod file is looked at twice before it counts.
        long[] served = fleet.engines().stream().mapToLong(engine -> engine.counters().requests().value()).toArray();
        Ends calm = new Ends();
        boolean allServe = Patience.until(PATIENCE, () -> {
            try {
                afterwards(crowd, calm);
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
        Door tls = balancers.doors().getLast();
        if (!Patience.until(PATIENCE, () -> certificates.certificate(0).equals(ShownCertificate.of(tls)))) {
            ends.problem("the certificate that was put in place last is not shown");
        }
    }

    private void afterwards(Crowd crowd, Ends counted) throws InterruptedException {
        Tickets tickets = new Tickets(0, REQUESTS_AFTERWARDS, PATIENCE.toNanos());
        crowd.run(CLIENTS_AFTERWARDS, tickets, http2 -> new CallMix(plan.seed(), MODELS, null, http2),
                new Judge(new Outages()), counted);
    }

    // ---- what went on

    private void count(Balancers balancers, SimFleet fleet, PodFile pods) throws IOException, InterruptedException {
        around.put("faults injected", sum(fleet, counters -> counters.faulted().value()));
        around.put("requests that engines received", sum(fleet, counters -> counters.requests().value()));
        around.put("outages of engines", (long) outages.count());
        around.put("edits of the pod file", (long) pods.edits());
        around.put("edits of the pod file that were broken", (long) pods.broken());
        around.put("edits of the certificate", (long) certificates.edits());
        around.put("edits of the certificate that were broken", (long) certificates.broken());
        String metrics = balancers.metrics();
        around.put("retries", Balancers.metric(metrics, "penstock_retries_total"));
        around.put("retries refused by the budget", Balancers.metric(metrics, "penstock_retries_refused_total"));
        around.put("choices that the fallback made", Balancers.metric(metrics, "penstock_router_fallback"));
        long indexed = Balancers.metric(metrics, PROMPT_INDEX + "{level=\"index_bytes\"");
        around.put("bytes of the indexes of prompts", indexed);
        around.put("blocks in them", Balancers.metric(metrics, PROMPT_INDEX + "{level=\"index_blocks\""));
        if (indexed > Balancers.MOST_INDEX_BYTES) {
            ends.problem("the indexes of prompts take " + indexed + " bytes (expected: at most "
                    + Balancers.MOST_INDEX_BYTES + ")");
        }
        long internal = Balancers.metric(metrics, "penstock_errors_total{error=\"internal\"}");
        if (internal != 0) {
            ends.problem(internal + " internal errors");
        }
    }

    private static long sum(SimFleet fleet, ToLongFunction<EngineCounters> figure) {
        return fleet.engines().stream().map(SimEngine::counters).mapToLong(figure).sum();
    }

    /** A directory for the files of a soak; {@link #delete} removes it. */
    static Path temporaryDirectory() throws IOException {
        return Files.createTempDirectory("penstock-soak-");
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
