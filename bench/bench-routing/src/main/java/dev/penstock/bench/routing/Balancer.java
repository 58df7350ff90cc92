package dev.penstock.bench.routing;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** One balancer before the simulated fleet: a shard with the engine and the routers of production. */
final class Balancer {

    /** What routers that let requests wait answer where they cannot keep up; anything else is a defect. */
    private static final Set<ErrorCode> REFUSALS = EnumSet.of(ErrorCode.QUEUE_FULL, ErrorCode.QUEUE_TIMEOUT,
            ErrorCode.SLO_UNATTAINABLE, ErrorCode.PREEMPTED);

    private final TestShard shard;
    private final String expression;
    private final List<Job> unanswered = new ArrayList<>();
    private final List<PodView> pods = new ArrayList<>();
    private final Completions completions;
    private final int[] inFlightElsewhere;
    private long answers;
    private long answerTokens;

    /**
     * A balancer.
     *
     * @param routers the routers that there are
     * @param strategy what it routes by
     * @param model the fleet
     * @param seed of its random numbers
     */
    Balancer(List<RouterProvider> routers, Strategy strategy, FleetModel model, long seed) {
        TestShard.Builder builder = TestShard.builder().seed(seed);
        for (RouterProvider provider : routers) {
            builder.router(provider, strategy.settings(provider.name()));
        }
        shard = builder.build();
        expression = strategy.expression();
        inFlightElsewhere = new int[model.pods()];
        for (int i = 0; i < model.pods(); i++) {
            shard.fleet().add("pod-" + i);
            PodView pod = shard.pod("pod-" + i);
            pods.add(pod);
            if (strategy.capacityKnown()) {
                shard.load().gauge(pod, Gauge.KV_BLOCKS, model.blocks());
                shard.load().gauge(pod, Gauge.KV_BLOCK_TOKENS, Trace.BLOCK_TOKENS);
            }
        }
        shard.forecasts().profile(PodProfile.of(model));
        completions = new Completions(shard.load(), pods, shard.clock().nanoTime());
        shard.serve();
    }

    /** What it is told of the engines, pod after pod. */
    List<Scrape> scrapes(List<SimPod> engines) {
        return IntStream.range(0, pods.size())
                .mapToObj(pod -> new Scrape(engines.get(pod), shard.load(), pods.get(pod))).toList();
    }

    void route(Job job, long now, BiConsumer<Job, Integer> chosen) {
        at(now);
        job.routed = shard.submit(expression, job.request.routed().withArrivalNanos(now));
        unanswered.add(job);
        serve(chosen);
    }

    void firstToken(Job job, long now) {
        if (job.routed != null) {
            at(now);
            job.routed.firstByte();
        }
    }

    void ended(Job job, long now) {
        if (job.routed != null) {
            at(now);
            job.routed.ended(new Usage(job.request.inputTokens(), job.request.outputTokens()));
            completions.ended(job.pod);
            // Each answer is expected to be as long as those before it were on average.
            answerTokens += job.request.outputTokens();
            shard.forecasts().outputTokens(job.request.routed().model(), Math.round((double) answerTokens / ++answers));
        }
    }

    /** A replica has sent a request to a pod. */
    void sentElsewhere(Job job, int pod, long now) {
        countElsewhere(pod, 1, now);
        FakeRequest request = job.request.routed();
        if (request.prefixHashes().length > 0) {
            shard.kvEvent(new KvEvent.Expected(pods.get(pod), request.prefixHashes(),
                    job.request.inputTokens()));
        }
    }

    /** A request of a replica has ended. */
    void endedElsewhere(int pod, long now) {
        countElsewhere(pod, -1, now);
    }

    private void countElsewhere(int pod, int delta, long now) {
        at(now);
        inFlightElsewhere[pod] += delta;
        shard.load().inFlight(pods.get(pod), inFlightElsewhere[pod]);
    }

    /** Lets routers take note of what was told, and take choices that come only now. */
    void serve(BiConsumer<Job, Integer> chosen) {
        shard.serve();
        for (Iterator<Job> jobs = unanswered.iterator(); jobs.hasNext();) {
            Job job = jobs.next();
            Routed routed = job.routed;
            if (routed != null && routed.answered()) {
                jobs.remove();
                PodView pod = routed.endpoint();
                if (pod == null && routed.error() != null && REFUSALS.contains(routed.error())) {
                    job.refused = true;
                    continue;
                }
                if (pod == null || routed.fallbackReason() != null) {
                    throw new IllegalStateException("strategy " + expression + " did not choose: " + routed);
                }
                chosen.accept(job, pod.slot());
            }
        }
    }

    /** When a router wants to be woken; {@link Long#MAX_VALUE} where none does. */
    long wakeAt() {
        Duration left = unanswered.isEmpty() ? null : shard.nextWakeUp();
        return left == null ? Long.MAX_VALUE : shard.clock().nanoTime() + left.toNanos();
    }

    /** Lets routers see the time. */
    void wake(long now) {
        at(now);
    }

    private void at(long now) {
        completions.advance(now);
        shard.clock().set(now);
    }

    void close() {
        shard.close();
    }
}
