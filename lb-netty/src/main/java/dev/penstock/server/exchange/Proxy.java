package dev.penstock.server.exchange;

import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.claims.WakeUps;
import dev.penstock.server.disaggregated.Connectors;
import dev.penstock.server.disaggregated.PrefillMetrics;
import dev.penstock.server.upstream.UpstreamMetrics;
import dev.penstock.spi.ErrorCode;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The path of requests through one balancer: what its event loops have in common. Any thread.
 *
 * <p>Shutting down: {@link #drain}, {@link #leave} when the listener is closed, wait until {@link #open} is zero,
 * {@link #endRequests} for what takes too long, {@link #close}, then end the event loops.
 */
public final class Proxy {
    private final ProxyContext context;
    private final ProxyMetrics metrics;
    private final UpstreamMetrics upstreamMetrics;
    private final RetryBudget retryBudget;
    private final ConnectionGate gate;
    private final Journal journal;
    private final WakeUps wakeUps;
    private final Connectors connectors;
    private final PrefillMetrics prefillMetrics;
    private final boolean promptWanted;
    private final Map<EventLoop, LoopState> loops = new ConcurrentHashMap<>();
    private final AtomicLong seeds;
    private volatile boolean draining;
    private volatile boolean leaving;
    private volatile boolean closed;

    /** A path that is ready for requests. */
    public Proxy(ProxyContext context) {
        this.context = context;
        Metrics counters = context.metrics();
        this.metrics = new ProxyMetrics(counters);
        this.wakeUps = new WakeUps(context.claims(), counters);
        this.connectors = new Connectors(context.prefill());
        this.prefillMetrics = new PrefillMetrics(counters);
        this.upstreamMetrics = new UpstreamMetrics(counters);
        this.journal = new Journal(context.accessLog(), context.serverTiming());
        this.retryBudget = new RetryBudget(context.clock());
        this.promptWanted = promptWanted(context.strategies());
        ProxyContext.Limits limits = context.limits();
        this.gate = new ConnectionGate(limits.connections(), limits.connectionsOfAddress(),
                context.forwarding().trust(), limits.seed(), counters);
        this.seeds = new AtomicLong(limits.seed());
        context.dispatcher().onNewEpoch(this::newEpoch);
    }

    /** What it was made with. */
    public ProxyContext context() {
        return context;
    }

    /** The state of an event loop, made when first asked for. */
    public LoopState loop(EventLoop loop) {
        LoopState known = loops.get(loop);
        return known != null ? known
                : loops.computeIfAbsent(loop, key -> new LoopState(this, key, seeds.getAndAdd(0x9E3779B97F4A7C15L)));
    }

    /** Counts the connections of clients. */
    public ConnectionGate gate() {
        return gate;
    }

    /** Counts an error of a client's connection that belongs to no request. */
    public void error(ErrorCode code) {
        metrics.error(code);
    }

    /** Requests that have begun and not ended. */
    public long open() {
        long open = 0;
        for (LoopState state : loops.values()) {
            open += state.open();
        }
        return open;
    }

    /** Connections to endpoints that stand now. */
    public long upstreamConnections() {
        return upstreamMetrics.open();
    }

    /** From now on each connection of a client is closed after the answer that it waits for. */
    public void drain() {
        if (draining) {
            return;
        }
        draining = true;
        for (LoopState state : loops.values()) {
            onLoop(state, state::drain, () -> { });
        }
    }

    /** No more connections come: those of clients that have nothing to ask are closed soon. */
    public void leave() {
        drain();
        leaving = true;
        for (LoopState state : loops.values()) {
            onLoop(state, state::leave, () -> { });
        }
    }

    /** Whether it {@linkplain #leave leaves}. */
    public boolean leaving() {
        return leaving;
    }

    /** Ends what is still open with an error that says why. */
    public void endRequests() {
        for (LoopState state : loops.values()) {
            onLoop(state, state::endRequests, () -> { });
        }
    }

    /** Whether it {@linkplain #drain drains}. */
    public boolean draining() {
        return draining;
    }

    /** Closes all connections, of clients and to pods, and so ends what is still open; done when all loops have. */
    public Future<Void> close() {
        draining = true;
        closed = true;
        Promise<Void> all = ImmediateEventExecutor.INSTANCE.newPromise();
        List<LoopState> states = List.copyOf(loops.values());
        AtomicInteger left = new AtomicInteger(states.size() + 1);
        Runnable done = () -> {
            if (left.decrementAndGet() == 0) {
                all.setSuccess(null);
            }
        };
        for (LoopState state : states) {
            onLoop(state, () -> {
                state.close();
                done.run();
            }, done);
        }
        done.run();
        return all;
    }

    /** Whether it is {@linkplain #close closed}, so that no connection may come any more. */
    public boolean closed() {
        return closed;
    }

    /** An event loop has ended, and with it all that was there. */
    public void forget(EventLoop loop) {
        loops.remove(loop);
    }

    ProxyMetrics metrics() {
        return metrics;
    }

    Journal journal() {
        return journal;
    }

    UpstreamMetrics upstreamMetrics() {
        return upstreamMetrics;
    }

    WakeUps wakeUps() {
        return wakeUps;
    }

    Connectors connectors() {
        return connectors;
    }

    PrefillMetrics prefillMetrics() {
        return prefillMetrics;
    }

    RetryBudget retryBudget() {
        return retryBudget;
    }

    /** Whether any strategy reads the text of prompts, so that it has to be noted where it is. */
    boolean promptWanted() {
        return promptWanted;
    }

    private static boolean promptWanted(StrategyCatalog strategies) {
        for (Strategy strategy : strategies.strategies()) {
            if (strategy.needs().text()) {
                return true;
            }
        }
        return false;
    }

    private void newEpoch(int shard, int epoch) {
        for (LoopState state : loops.values()) {
            onLoop(state, () -> state.newEpoch(shard, epoch), () -> { });
        }
    }

    private static void onLoop(LoopState state, Runnable task, Runnable otherwise) {
        try {
            state.loop().execute(task);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and with it all that was there.
            otherwise.run();
        }
    }
}
