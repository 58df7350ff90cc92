package dev.penstock.cache.replica;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells the others what this process has in flight, and learns what they have: each period one {@code HSET} of a field
 * of its own and one {@code HGETALL} of all, however many pods there are. What was learned holds until it expires, so
 * a Redis that is away for longer leaves this process with what it knows itself. Confined to {@code lb-replica}.
 */
final class LoadShare implements ReplicaTask {

    /** A hash: what each replica has in flight, by its name. */
    static final String KEY = "penstock:{replicas}:load";
    static final String USE = "in-flight";

    private static final long KEEP_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long KEPT_SECONDS = TimeUnit.HOURS.toSeconds(1);
    private static final Map<String, String> FAILED = Map.of();

    private final Redis redis;
    private final String self;
    private final FigureColumns figures;
    private final EndpointIds endpoints;
    private final ReplicaViews views;
    private final RemoteLoads loads;
    private final @Nullable AibrixShare foreign;
    private final Period period;
    private final Runnable wake;
    private final Metrics.Count sentBytes;
    private final Metrics.Count receivedBytes;
    // Put there by whoever has the answer, FAILED where there is none; taken by lb-replica.
    private final AtomicReference<@Nullable Map<String, String>> answer = new AtomicReference<>();
    private boolean asking;
    private int foreignChanges;
    private long sequence;
    private long keepAtNanos;
    private volatile List<String> others = List.of();

    /**
     * Nothing told yet.
     *
     * @param foreign what others have in flight that are no replicas; null where nobody is asked
     */
    LoadShare(ReplicaParts parts, EndpointIds endpoints, @Nullable AibrixShare foreign) {
        this.foreign = foreign;
        this.redis = parts.redis();
        this.self = parts.self();
        this.figures = parts.figures();
        this.endpoints = endpoints;
        this.wake = parts.wake();
        long now = parts.clock().nanoTime();
        views = new ReplicaViews(self, parts.settings().expireNanos(), (name, why) ->
                redis.unexpected(USE, KEY + ": of " + name + ": " + why));
        loads = new RemoteLoads(endpoints, figures);
        period = new Period(parts.settings().periodNanos(), self.hashCode(), now);
        keepAtNanos = now;
        sequence = now;
        Metrics metrics = parts.metrics();
        sentBytes = metrics.counter("penstock_replicas_sent_bytes", "Characters told to other replicas.",
                "what", "load");
        receivedBytes = metrics.counter("penstock_replicas_received_bytes", "Characters learned of other replicas.",
                "what", "load");
        metrics.gauge("penstock_replicas", "Other replicas whose requests in flight are counted.",
                () -> others.size());
    }

    /** Names of the other replicas that are there. Any thread. */
    List<String> others() {
        return others;
    }

    @Override
    public int doWork(long nowNanos) {
        boolean changed = endpoints.look();
        Map<String, String> answered = answer.getAndSet(null);
        if (answered != null) {
            asking = false;
            changed |= take(answered, nowNanos);
        }
        changed |= views.expire(nowNanos);
        if (changed || (foreign != null && foreign.changes() != foreignChanges)) {
            others = views.names();
            loads.show(reports());
        }
        boolean asks = !asking && period.due(nowNanos);
        if (asks) {
            tell(nowNanos);
        }
        return answered != null || asks ? 1 : 0;
    }

    private List<LoadReport> reports() {
        List<LoadReport> reports = views.reports();
        if (foreign == null) {
            return reports;
        }
        foreignChanges = foreign.changes();
        List<LoadReport> all = new ArrayList<>(reports);
        all.add(foreign.report());
        return all;
    }

    private boolean take(Map<String, String> answered, long nowNanos) {
        if (answered == FAILED) {
            return false;
        }
        answered.forEach((name, report) -> receivedBytes.add(report.length()));
        views.take(answered, nowNanos);
        List<String> swept = views.swept(nowNanos);
        if (!swept.isEmpty()) {
            redis.call(USE, commands -> commands.hdel(KEY, swept.toArray(String[]::new)));
        }
        return true;
    }

    private void tell(long nowNanos) {
        period.begin(nowNanos);
        asking = true;
        String report = LoadReport.text(++sequence, endpoints, figures);
        sentBytes.add(report.length());
        redis.call(USE, commands -> commands.hset(KEY, self, report));
        if (nowNanos - keepAtNanos >= 0) {
            // For the day on which the last replica is gone.
            keepAtNanos = nowNanos + KEEP_NANOS;
            redis.call(USE, commands -> commands.expire(KEY, KEPT_SECONDS));
        }
        CompletionStage<Map<String, String>> all = redis.call(USE, commands -> commands.hgetall(KEY));
        all.whenComplete((reports, failure) -> {
            answer.set(failure == null ? reports : FAILED);
            wake.run();
        });
    }

    /** Whether an answer of Redis is awaited. */
    boolean asking() {
        return asking && answer.get() == null;
    }

    @Override
    public long restNanos(long nowNanos) {
        // Whoever waits for an answer is woken by it; what has expired must be seen without one.
        return asking ? WAITING_NANOS : period.restNanos(nowNanos);
    }

    @Override
    public void leave() {
        // Not removed: who does not find it would take it for lost, and go on counting until it expires.
        redis.call(USE, commands -> commands.hset(KEY, self, LoadReport.farewell(++sequence)));
    }
}
