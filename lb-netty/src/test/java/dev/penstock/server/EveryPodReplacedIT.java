package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.FleetCache;
import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All pods are replaced one after another, by others of the same names, while requests pass. Many pods, few engines
 * behind them: an engine goes on until its last answer is whole, as one does that is shut down in good order.
 *
 * <p>The system property {@code penstock.restart.pods} makes the fleet larger; 3,334 pods are 10,000 events.
 */
@Timeout(300)
class EveryPodReplacedIT {

    private static final int PODS = Integer.getInteger("penstock.restart.pods", 160);
    private static final int MODELS = 8;
    private static final int CLIENTS = 6;
    private static final int PATIENCE_SECONDS = 30;
    private static final String SOURCE = "kubernetes";
    private static final String NAMESPACE = "engines";

    private final Random random = new Random(Long.getLong("penstock.test.seed", 1));
    private final List<TestEngine> engines = List.of(new TestEngine(), new TestEngine());
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Semaphore published = new Semaphore(0);
    private final AtomicLong requests = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();

    private PodSpec pod(int number, int life, boolean ready) {
        return new PodSpec(new PodIdentity(NAMESPACE, "pod-" + number, number + "/" + life), "127.0.0.1",
                List.of(engines.get(number % engines.size()).port()), null, "vllm", ready, Map.of(), Map.of(),
                Set.of("m" + number % MODELS));
    }

    @Test
    void shouldFailNoRequestAndPublishAtMost100TimesASecond() throws Exception {
        try (Penstock penstock = TestBalancer.builder().provider(new Any())
                .config("inline", "models: [{name: m0, endpoints: discovered, aliases: [alias]}]")
                .setting("routing.strategy", "any", "test")
                .setting("cache.max-endpoints", Integer.toString(PODS * 3), "test").start()) {
            FleetCache cache = ((Wiring) penstock.inside()).cache();
            cache.onPublish(published::release);
            for (int i = 0; i < PODS; i++) {
                tell(cache, new CacheCommand.PodUpserted(SOURCE, pod(i, 0, true)));
            }
            Set<String> all = Set.copyOf(IntStream.range(0, PODS).mapToObj(i -> "pod-" + i).toList());
            tell(cache, new CacheCommand.AdapterUpserted(SOURCE, new AdapterSpec(NAMESPACE, "lora", all)));
            awaitPublished(() -> cache.hasModel("lora") && cache.hasModel("alias")
                    && cache.podsByModel("lora").size() == PODS);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofVirtual().start(() -> ask(penstock.port())));
            }
            long begin = System.nanoTime();
            long version = cache.current().version();

            replaceAll(cache);

            long publications = cache.current().version() - version;
            long most = (System.nanoTime() - begin) / FleetAgent.PUBLISH_INTERVAL_NANOS + 1;
            answers.clear();
            awaitAnswers(2 * CLIENTS);
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            System.out.println(PODS * 3 + " events, " + publications + " publications, " + requests
                    + " requests, of which failed: " + failures.size());
            assertThat(failures).isEmpty();
            assertThat(publications).isPositive().isLessThanOrEqualTo(most);
            assertThat(cache.podsByModel("lora").size()).isEqualTo(PODS);
            for (int i = 0; i < PODS; i++) {
                assertThat(cache.pod(NAMESPACE, "pod-" + i).uid()).isEqualTo(i + "/1");
            }
            TestBalancer.await("nothing is left", () -> penstock.inside().leases() == 0
                    && penstock.inside().reservations() == 0 && cache.state().slots().leaving() == 0);
        } finally {
            engines.forEach(TestEngine::close);
        }
    }

    /** A few at a time, each time until readers have seen it: gone, then there and not ready, then ready. */
    private void replaceAll(FleetCache cache) throws InterruptedException {
        int next = 0;
        while (next < PODS) {
            // Never so many that a model is without a pod.
            int end = Math.min(PODS, next + 1 + random.nextInt(MODELS));
            for (int i = next; i < end; i++) {
                tell(cache, new CacheCommand.PodRemoved(SOURCE, NAMESPACE, "pod-" + i, i + "/0"));
                tell(cache, new CacheCommand.PodUpserted(SOURCE, pod(i, 1, false)));
            }
            int last = end - 1;
            awaitPublished(() -> replaced(cache, last, false));
            // So that requests pass all the time.
            awaitAnswers(1);
            for (int i = next; i < end; i++) {
                tell(cache, new CacheCommand.PodUpserted(SOURCE, pod(i, 1, true)));
            }
            awaitPublished(() -> replaced(cache, last, true));
            next = end;
        }
    }

    private static boolean replaced(FleetCache cache, int number, boolean ready) {
        Candidates pods = cache.podsByModel("m" + number % MODELS);
        for (int i = 0; i < pods.size(); i++) {
            PodView pod = pods.get(i);
            if (pod.name().equals("pod-" + number)) {
                return pod.uid().equals(number + "/1") && pod.ready() == ready;
            }
        }
        return false;
    }

    private static void tell(FleetCache cache, CacheCommand command) {
        TestBalancer.await("room for a command", () -> cache.proxy().offer(command));
    }

    private void awaitPublished(BooleanSupplier shown) throws InterruptedException {
        while (!shown.getAsBoolean()) {
            assertThat(published.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("a publication").isTrue();
        }
    }

    private void awaitAnswers(int number) throws InterruptedException {
        for (int i = 0; i < number; i++) {
            assertThat(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("an answer").isNotNull();
        }
    }

    private void ask(int port) {
        List<String> names = List.of("alias", "lora", "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7");
        while (!over.get()) {
            String name = names.get(ThreadLocalRandom.current().nextInt(names.size()));
            String answer;
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(PATIENCE_SECONDS * 1000);
                RawChat.send(socket, TestBalancer.CHAT.replace("\"m\"", "\"" + name + "\""), "any");
                answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                answer = e.toString();
            }
            if (!answer.startsWith("HTTP/1.1 200 ")) {
                failures.add(name + ": " + answer);
            }
            requests.incrementAndGet();
            answers.add(answer);
        }
    }

    /** Takes any candidate. */
    private static final class Any implements RouterProvider {
        @Override
        public String name() {
            return "any";
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return context -> context.select(context.candidates().get(
                    ThreadLocalRandom.current().nextInt(context.candidates().size())));
        }
    }
}
