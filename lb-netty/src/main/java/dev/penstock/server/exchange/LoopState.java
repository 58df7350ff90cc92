package dev.penstock.server.exchange;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.port.Health;
import dev.penstock.server.body.BodyScanner;
import dev.penstock.server.body.MultipartScanner;
import dev.penstock.server.body.PrefixHasher;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.server.disaggregated.ObjectScanner;
import dev.penstock.server.relay.HeadBuilder;
import dev.penstock.server.relay.UsageTap;
import dev.penstock.server.upstream.LoopFlush;
import dev.penstock.server.upstream.UpstreamPool;
import io.netty.channel.EventLoop;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** What all requests of one event loop share. Confined to that loop, but for {@link #open()}. */
public final class LoopState {
    private final Proxy proxy;
    private final EventLoop loop;
    private final Deadlines deadlines;
    private final UpstreamPool pool;
    private final LoopFlush flush;
    private final HeadBuilder heads = new HeadBuilder();
    private final Answers answers;
    private final SplittableRandom random;
    private final PodHeaders podHeaders;
    private final AtomicInteger open = new AtomicInteger();
    private final RetryBudget.Account retries;
    final Shelf<BodyScanner> bodyScanners;
    final Shelf<MultipartScanner> multipartScanners;
    final Shelf<UsageTap> usageTaps;
    final PrefixHasher prefixHasher;
    final ScanScratch scratch = new ScanScratch();
    final ObjectScanner objectScanner;

    LoopState(Proxy proxy, EventLoop loop, long seed) {
        this.proxy = proxy;
        this.loop = loop;
        ProxyContext context = proxy.context();
        this.flush = new LoopFlush(loop);
        this.pool = new UpstreamPool(loop, context.transport(), context.clock(), proxy.upstreamMetrics(), flush,
                heads);
        this.deadlines = new Deadlines(loop, context.clock(), this::upkeep);
        this.answers = new Answers(loop);
        this.random = new SplittableRandom(seed);
        this.podHeaders = new PodHeaders(context.forwarding(), random);
        this.retries = proxy.retryBudget().account();
        this.bodyScanners = new Shelf<>(() -> new BodyScanner(scratch));
        this.multipartScanners = new Shelf<>(() -> new MultipartScanner(scratch));
        this.usageTaps = new Shelf<>(() -> new UsageTap(scratch));
        this.objectScanner = new ObjectScanner(scratch);
        // Of the whole process, or of all replicas: the same prompt has the same hashes wherever it comes in.
        this.prefixHasher = new PrefixHasher(context.limits().prefixSeed());
    }

    private boolean upkeep() {
        pool.sweep();
        return pool.idle() > 0;
    }

    /** The balancer that this loop serves. */
    public Proxy proxy() {
        return proxy;
    }

    /** The loop. */
    public EventLoop loop() {
        return loop;
    }

    /** The deadlines of the loop. */
    public Deadlines deadlines() {
        return deadlines;
    }

    /** Requests that have begun and not ended. Any thread. */
    public int open() {
        return open.get();
    }

    /** The time. */
    public long nanoTime() {
        return proxy.context().clock().nanoTime();
    }

    /** Sends at the end of each turn of the loop. */
    public LoopFlush flush() {
        return flush;
    }

    /** Where heads are put together. */
    public HeadBuilder heads() {
        return heads;
    }

    /** Its connections to pods. */
    public UpstreamPool pool() {
        return pool;
    }

    Answers answers() {
        return answers;
    }

    SplittableRandom random() {
        return random;
    }

    Health health() {
        return proxy.context().health();
    }

    PodHeaders podHeaders() {
        return podHeaders;
    }

    RetryBudget.Account retries() {
        return retries;
    }

    void began(Exchange exchange) {
        // One writer: no need for an atomic addition.
        open.lazySet(open.get() + 1);
        deadlines.add(exchange);
        retries.request();
    }

    void ended(Exchange exchange) {
        open.lazySet(open.get() - 1);
        deadlines.remove(exchange);
    }

    void drain() {
        deadlines.forEach(Timed::balancerDrains);
    }

    void leave() {
        deadlines.forEach(timed -> {
            // Connections that have come while it drained have not been told.
            timed.balancerDrains();
            timed.balancerLeaves();
        });
    }

    void endRequests() {
        deadlines.forEach(timed -> {
            if (timed instanceof Exchange exchange) {
                exchange.shutDown();
            }
        });
    }

    void close() {
        deadlines.forEach(Timed::balancerCloses);
        pool.close();
    }

    /** A shard has a new server: what the old one was asked for is asked again. */
    void newEpoch(int shard, int epoch) {
        deadlines.forEach(timed -> {
            if (timed instanceof Exchange exchange) {
                exchange.newEpoch(shard, epoch);
            }
        });
    }

    /** Hands an attempt to its shard. */
    boolean submit(RoutingAttempt attempt, int shard) {
        answers.enter();
        try {
            return proxy.context().dispatcher().submit(attempt, shard);
        } finally {
            answers.leave();
        }
    }
}
