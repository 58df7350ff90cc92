package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.server.Penstock;
import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Under steady load everything is restarted, one after the other; no client notices. */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class RollingRestartIT {
    private static final String MODEL = "sim-model";
    private static final int CLIENTS = 8;
    /** Enough that each client has asked several times between two restarts. */
    private static final int ANSWERS_BETWEEN = 200;
    /** A stream of 8 tokens takes 40 ms. */
    private static final TimeModel QUICK = new TimeModel(0, 5_000_000, 0, 256);

    private final SteadyClient.Tally tally = new SteadyClient.Tally(new AtomicBoolean(), new AtomicLong(),
            new ConcurrentLinkedQueue<>(), new LinkedBlockingQueue<>());
    private final HttpClient probe = HttpClient.newHttpClient();
    private final List<Thread> clients = new ArrayList<>();
    private final List<SimFleet> engines = new ArrayList<>();
    private final AtomicReferenceArray<Penstock> balancers = new AtomicReferenceArray<>(2);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    @BeforeEach
    void startEngines() {
        for (int i = 0; i < 3; i++) {
            engines.add(engine());
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        tally.stop().set(true);
        for (Thread client : clients) {
            client.join();
        }
        probe.shutdownNow();
        for (int i = 0; i < balancers.length(); i++) {
            Penstock left = balancers.get(i);
            if (left != null) {
                left.close();
            }
        }
        engines.forEach(SimFleet::close);
    }

    private static SimFleet engine() {
        return SimFleet.builder().model(MODEL).time(QUICK).start();
    }

    private void writeFleet(List<SimFleet> listed) throws IOException {
        Path next = folder.resolve("fleet.next");
        Files.writeString(next, "models:\n  - name: " + MODEL + "\n    endpoints: [\""
                + String.join("\", \"", listed.stream().map(engine -> engine.addresses().getFirst()).toList())
                + "\"]\n");
        Files.move(next, folder.resolve("fleet.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    private Penstock balancer() {
        Penstock.Builder builder = Penstock.builder().config("test", "discovery.file: " + folder.resolve("fleet.yaml")
                + "\ndiscovery.interval: 50ms\nlisten: {host: 127.0.0.1, port: 0}\nadmin.port: 0\n"
                + "warm-up.requests: 0\nio.threads: 1\nshutdown: {delay: 500ms, grace: 10s}\n");
        ServiceLoader.load(RouterProvider.class).forEach(builder::provider);
        return builder.start();
    }

    private void startClients(IntSupplier port) {
        for (int i = 0; i < CLIENTS; i++) {
            SteadyClient client = new SteadyClient(port, MODEL, i % 4 == 3, tally);
            clients.add(Thread.ofVirtual().name("client-" + i).start(client));
        }
    }

    /** What stands in front: each new connection goes to the next instance that says it is ready. */
    private IntSupplier readyOnes() {
        AtomicInteger turn = new AtomicInteger();
        return () -> {
            while (true) {
                Penstock next = balancers.get(turn.getAndIncrement() % balancers.length());
                if (next != null && ready(next)) {
                    return next.port();
                }
            }
        };
    }

    private boolean ready(Penstock balancer) {
        try {
            return probe.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.adminPort()
                    + "/readyz")).timeout(Duration.ofSeconds(5)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void awaitMoreAnswers() throws InterruptedException {
        long enough = tally.answered().get() + ANSWERS_BETWEEN;
        await("answers go on", () -> tally.answered().get() >= enough);
    }

    private void await(String what, BooleanSupplier so) throws InterruptedException {
        BlockingQueue<Object> never = new LinkedBlockingQueue<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!so.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what + "; " + tally.failures()).isNegative();
            never.poll(5, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void shouldLoseNothingWhenEachInstanceOfPenstockIsRestarted() throws Exception {
        writeFleet(engines);
        balancers.set(0, balancer());
        balancers.set(1, balancer());
        startClients(readyOnes());
        awaitMoreAnswers();

        for (int i = 0; i < balancers.length(); i++) {
            Penstock old = balancers.get(i);
            old.leave();
            old.close();
            assertThat(old.openRequests()).isZero();
            balancers.set(i, balancer());
            awaitMoreAnswers();
        }

        assertThat(tally.failures()).isEmpty();
    }

    @Test
    void shouldLoseNothingWhenEachEngineIsRestarted() throws Exception {
        writeFleet(engines);
        Penstock balancer = balancer();
        balancers.set(0, balancer);
        startClients(balancer::port);
        awaitMoreAnswers();

        for (int i = 0; i < engines.size(); i++) {
            SimFleet old = engines.get(i);
            List<SimFleet> others = new ArrayList<>(engines);
            others.remove(old);
            writeFleet(others);
            String address = old.addresses().getFirst();
            await("the engine is not asked any more", () -> !snapshot(balancer).contains(address));
            await("the engine has answered", () -> old.engine(0).counters().inFlight().value() == 0);
            old.close();
            awaitMoreAnswers();
            SimFleet fresh = engine();
            engines.set(i, fresh);
            writeFleet(engines);
            await("the new engine is known", () -> snapshot(balancer).contains(fresh.addresses().getFirst()));
            awaitMoreAnswers();
        }

        assertThat(tally.failures()).isEmpty();
    }

    private String snapshot(Penstock balancer) {
        try {
            return probe.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.adminPort()
                    + "/admin/snapshot")).timeout(Duration.ofSeconds(5)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
