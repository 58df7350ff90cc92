package dev.penstock.cache.replica;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineHost;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.LifecycleEvent;
import dev.penstock.core.engine.Mailbox;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.HandClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A balancer of which the fleet, the engine and Redis are real, and the clock of what replicas share is in the test's
 * hands. Confined to the test's thread.
 */
final class HandDrivenReplica implements AutoCloseable {

    static final String MODEL = FakeRequest.plain().model();
    static final ReplicaSettings SETTINGS = ReplicaSettings.defaults();

    final HandClock clock = new HandClock();
    final CountedMetrics counters = new CountedMetrics();
    final FleetCache cache;
    final Redis redis;
    final ReplicaAgent agent;
    private final RoutingEngine engine;
    private final OneByOne mailbox = new OneByOne();

    HandDrivenReplica(String name, RedisServer server, List<PodSpec> pods) {
        this(name, server, pods, SETTINGS);
    }

    HandDrivenReplica(String name, RedisServer server, List<PodSpec> pods, ReplicaSettings settings) {
        this(name, server.url(), pods, settings);
    }

    HandDrivenReplica(String name, String url, List<PodSpec> pods, ReplicaSettings settings) {
        cache = FleetCache.builder(CacheRole.GATEWAY).fleet(new FleetSpec(pods, List.of())).start();
        redis = Redis.open(new RedisSettings(url, name, Duration.ofSeconds(2).toNanos()), NanoClock.SYSTEM,
                counters);
        awaitUp();
        agent = new ReplicaAgent(settings, redis, cache, cache.figures(), clock::nanoTime, counters);
        engine = new RoutingEngine(new EngineContext(0, cache, cache.figures(), cache.health(),
                new StrategyCatalog(List.of()), new EngineMetrics(counters, clock::nanoTime), 1), mailbox, 0, Set.of());
    }

    static List<PodSpec> pods(int count) {
        List<PodSpec> pods = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pods.add(pod("pod-" + i, "uid-" + i));
        }
        return pods;
    }

    static PodSpec pod(String name, String uid) {
        return new PodSpec(new PodIdentity("ns", name, uid), "10.0.0.1", List.of(8000), null, "vllm", true, Map.of(),
                Map.of(), Set.of(MODEL));
    }

    PodView pod(String name) {
        return cache.pod("ns", name);
    }

    void awaitUp() {
        while (!redis.up()) {
            Thread.onSpinWait();
        }
    }

    /** Lets a period pass, tells what there is, and takes what the others have said. */
    void sync() {
        clock.advance(Duration.ofMillis(111));
        agent.doWork();
        while (agent.asking()) {
            Thread.onSpinWait();
        }
        agent.doWork();
    }

    /** Lets replicas hear of each other for as long as they need to believe that they are there. */
    static void meet(HandDrivenReplica... replicas) {
        for (int i = 0; i < 2; i++) {
            for (HandDrivenReplica each : replicas) {
                each.sync();
            }
        }
    }

    /** Sends a request that does not end to the pod with the fewest requests. */
    PodView route() {
        RoutingAttempt attempt = new RoutingAttempt(FakeRequest.plain(), StrategyExpression.FALLBACK, null, List.of(),
                0, clock.nanoTime() + 1_000_000_000, answered -> { });
        mailbox.requests.add(attempt);
        engine.serve(mailbox, clock.nanoTime());
        var plan = attempt.plan();
        if (plan == null) {
            throw new AssertionError("not chosen: " + attempt.error());
        }
        return plan.endpoint();
    }

    /** Changes the fleet and waits until it is published. */
    void tell(CacheCommand command) throws InterruptedException {
        CountDownLatch published = new CountDownLatch(1);
        cache.onPublish(published::countDown);
        cache.proxy().offer(command);
        published.await();
        engine.serve(mailbox, clock.nanoTime());
    }

    int inFlightOfOthers(String pod) {
        return cache.figures().inFlightRemote(pod(pod));
    }

    /** Ends without a farewell, as a crash does. */
    void crash() {
        redis.close();
    }

    @Override
    public void close() {
        redis.close();
        cache.close();
    }

    /** Serves each request at once. */
    private static final class OneByOne implements Mailbox, EngineHost {
        private final Queue<RoutingAttempt> requests = new ArrayDeque<>();

        @Override
        public @Nullable LifecycleEvent pollLifecycle() {
            return null;
        }

        @Override
        public @Nullable RoutingAttempt pollRequest() {
            return requests.poll();
        }

        @Override
        public boolean takeSnapshotChanged() {
            return true;
        }

        @Override
        public boolean takeWakeUp() {
            return false;
        }

        @Override
        public @Nullable KvEvent pollKvEvent() {
            return null;
        }

        @Override
        public void enterRouter() {}

        @Override
        public boolean leaveRouter() {
            return true;
        }

        @Override
        public void post(LifecycleEvent event) {
            throw new AssertionError("no request ends: " + event);
        }

        @Override
        public void wakeAt(long nanoTime) {}

        @Override
        public void leaveEventLoops() {}
    }
}
