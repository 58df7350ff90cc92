package dev.penstock.cache.trace;

import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.port.NanoClock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;

/**
 * Counts what comes through the ring, and writes each window when it has ended: on multiples of ten seconds of the wall
 * clock, as its reader asks for them. Confined to {@code lb-trace}.
 *
 * <p>A record that was under way when its window ended is waited for a little; one that comes later still has its
 * window written again, so nothing is counted in a window that it did not happen in.
 */
public final class TraceAgent implements Agent, TraceRing.Reader {

    /** After its end, how long a window waits for records that are under way: well within the reader's 2 s. */
    static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Windows that are still written again. */
    static final int KEPT = 6;

    private static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final TraceRing ring;
    private final TraceStore store;
    private final TracedModels models;
    private final Supplier<TraceSteps> steps;
    private final InstantSource wall;
    private final NanoClock clock;
    private final TreeMap<Long, SortedMap<String, WindowCounts>> windows = new TreeMap<>();
    /** Windows that have ended and are not written as they are now. */
    private final Set<Long> unwritten = new TreeSet<>();
    private final LongAdder tooLate = new LongAdder();
    private long openedNanos;

    /**
     * An agent whose first window begins now.
     *
     * @param ring where the records come from
     * @param store where the windows go
     * @param models what there is to know of models
     * @param steps what is collected, as it is now
     * @param wall the time of day
     * @param clock the time
     */
    TraceAgent(TraceRing ring, TraceStore store, TracedModels models, Supplier<TraceSteps> steps, InstantSource wall,
            NanoClock clock) {
        this.ring = ring;
        this.store = store;
        this.models = models;
        this.steps = steps;
        this.wall = wall;
        this.clock = clock;
        ring.open(TraceWindow.endAfter(wall.instant().getEpochSecond()));
        openedNanos = clock.nanoTime() - SETTLE_NANOS;
    }

    @Override
    public String roleName() {
        return "lb-trace";
    }

    @Override
    public int doWork() {
        int work = turn() + ring.drain(this);
        if (!unwritten.isEmpty() && clock.nanoTime() - openedNanos >= SETTLE_NANOS) {
            work += unwritten.size();
            unwritten.forEach(this::write);
            unwritten.clear();
            forgetOld();
        }
        return work + store.doWork();
    }

    /** How long the agent may rest. */
    public long restNanos() {
        return Math.min(DRAIN_NANOS, store.restNanos());
    }

    /** Writes what there is: a window that has not ended is merged with what other replicas, or the next run, add. */
    @Override
    public void onClose() {
        // Twice: the first time ends where the ring's memory does.
        ring.drain(this);
        ring.drain(this);
        windows.keySet().forEach(this::write);
        store.close();
    }

    /** A clock that is set back opens no window twice: the one that is open lasts until the clock has caught up. */
    private int turn() {
        long now = TraceWindow.endAfter(wall.instant().getEpochSecond());
        long open = ring.window();
        if (now <= open) {
            return 0;
        }
        ring.open(now);
        openedNanos = clock.nanoTime();
        if (windows.containsKey(open)) {
            unwritten.add(open);
        }
        return 1;
    }

    @Override
    public void arrived(String model, long window) {
        counts(model, window).arrived();
    }

    @Override
    public void ended(String model, long window) {
        counts(model, window);
    }

    @Override
    public void completed(String model, long window, long promptTokens, long completionTokens) {
        counts(model, window).completed(promptTokens, completionTokens);
    }

    private WindowCounts counts(String model, long window) {
        long open = ring.window();
        long end = window;
        if (window <= open - (KEPT + 1) * TraceWindow.SECONDS) {
            // A thread stood still for a minute between two instructions: counted, but not where it belongs.
            tooLate.increment();
            end = open;
        } else if (window < open) {
            unwritten.add(window);
        }
        return windows.computeIfAbsent(end, key -> new TreeMap<>())
                .computeIfAbsent(model, name -> new WindowCounts());
    }

    private void write(long end) {
        SortedMap<String, WindowCounts> counted = windows.getOrDefault(end, new TreeMap<>());
        TraceSteps told = steps.get();
        List<ModelTrace> traces = new ArrayList<>(counted.size());
        for (Map.Entry<String, WindowCounts> each : counted.entrySet()) {
            String model = each.getKey();
            traces.add(each.getValue().toTrace(model, told.pending() ? models.pending(model) : 0,
                    told.queueing() ? models.queueing(model) : 0));
        }
        store.write(new TraceWindow(end, traces));
    }

    private void forgetOld() {
        long oldest = ring.window() - KEPT * TraceWindow.SECONDS;
        SortedMap<Long, SortedMap<String, WindowCounts>> old = windows.headMap(oldest);
        if (old.isEmpty()) {
            return;
        }
        Set<String> gone = new TreeSet<>();
        old.values().forEach(counted -> gone.addAll(counted.keySet()));
        old.clear();
        windows.values().forEach(counted -> gone.removeAll(counted.keySet()));
        gone.removeIf(models::known);
        gone.forEach(ring::forget);
    }

    /** Records that came so late that they count in a later window. Any thread. */
    long tooLate() {
        return tooLate.sum();
    }
}
