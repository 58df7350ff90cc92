package dev.penstock.cache.trace;

import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisFailure;
import dev.penstock.core.port.NanoClock;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes windows to Redis, the newest one first: its readers do not go back. Confined to {@code lb-trace}, which it
 * never lets wait but for a moment at the very end.
 *
 * <p>What could not be written is written again until Redis would have forgotten it anyway; on a new connection all
 * that Redis should still have is written once more, for it may be another one. Memory is bounded by windows and by
 * records; what is given up is counted.
 */
public final class RedisTraces implements TraceStore {

    /** Windows that are kept: as many as Redis keeps. */
    static final int WINDOWS = (int) (RedisRecords.KEPT_SECONDS / TraceWindow.SECONDS);

    /** Records of all windows that are kept, but that one window is always kept whole. */
    static final int RECORDS = 100_000;

    private static final int AT_ONCE = 1_000;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private enum State { WRITTEN, WAITING, UNDER_WAY, FAILED }

    private enum Outcome { WRITTEN, REFUSED, AWAY }

    /** One model in one window. */
    private static final class ModelRecord {
        private final Window window;
        private ModelTrace trace;
        private @Nullable ModelTrace written;
        private State state = State.WRITTEN;

        ModelRecord(Window window, ModelTrace trace) {
            this.window = window;
            this.trace = trace;
        }
    }

    /** One window; the records of it that wait, in the order in which they came. */
    private static final class Window {
        private final long end;
        private final Map<String, ModelRecord> records = new HashMap<>();
        private final ArrayDeque<ModelRecord> waiting = new ArrayDeque<>();
        private boolean givenUp;

        Window(long end) {
            this.end = end;
        }
    }

    private record Answer(ModelRecord record, ModelTrace trace, long connection, Outcome outcome) {}

    private final TraceRecords records;
    private final InstantSource wall;
    private final NanoClock clock;
    private final TreeMap<Long, Window> windows = new TreeMap<>(Comparator.reverseOrder());
    private final ArrayDeque<ModelRecord> failed = new ArrayDeque<>();
    /** From the threads of the connection. */
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final LongAdder lostWindows = new LongAdder();
    private final LongAdder lostArrivals = new LongAdder();
    private final LongAdder lostCompletions = new LongAdder();
    private long connection;
    private int kept;
    private int waiting;
    private int underWay;
    /** After a failure of Redis as a whole, one at a time until one succeeds. */
    private boolean careful;
    private long retryNanos;

    RedisTraces(TraceRecords records, InstantSource wall, NanoClock clock) {
        this.records = records;
        this.wall = wall;
        this.clock = clock;
    }

    /** Windows in a Redis, which stays open. */
    public static RedisTraces of(Redis redis, NanoClock clock) {
        return new RedisTraces(new RedisRecords(redis), InstantSource.system(), clock);
    }

    @Override
    public void write(TraceWindow written) {
        Window window = windows.computeIfAbsent(written.end(), Window::new);
        for (ModelTrace trace : written.models()) {
            ModelRecord record = window.records.get(trace.model());
            if (record == null) {
                record = new ModelRecord(window, trace);
                window.records.put(trace.model(), record);
                kept++;
            } else if (record.trace.equals(trace)) {
                continue;
            } else {
                record.trace = trace;
            }
            if (record.state == State.WRITTEN) {
                waits(record);
            }
        }
    }

    @Override
    public int doWork() {
        int work = takeAnswers();
        forgetOld();
        long now = records.connections();
        if (now != connection) {
            connection = now;
            onceMore();
        }
        if (!failed.isEmpty() && clock.nanoTime() - retryNanos >= 0) {
            failed.forEach(this::waits);
            failed.clear();
        }
        return waiting > 0 && records.up() ? work + send() : work;
    }

    @Override
    public long restNanos() {
        return underWay > 0 ? LOOK_NANOS : Long.MAX_VALUE;
    }

    /** Waits for what is under way, a moment at most: whoever ends the process wants it to end. */
    @Override
    public void close() {
        long deadline = clock.nanoTime() + FAREWELL_NANOS;
        while (unwritten() > 0 && records.up() && clock.nanoTime() - deadline < 0) {
            if (doWork() == 0) {
                // Whoever ends this thread interrupts it time and again.
                Thread.interrupted();
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        }
        windows.values().forEach(this::giveUp);
        windows.clear();
    }

    /** Records that are not in Redis as they are here. */
    int unwritten() {
        return waiting + underWay + failed.size();
    }

    /** Records that are kept. */
    int kept() {
        return kept;
    }

    // ---- any thread

    /** Windows of which something was given up. */
    long lostWindows() {
        return lostWindows.sum();
    }

    /** Beginnings of requests that were given up with them. */
    long lostArrivals() {
        return lostArrivals.sum();
    }

    /** Ends of requests that were given up with them. */
    long lostCompletions() {
        return lostCompletions.sum();
    }

    // ---- writing

    private void waits(ModelRecord record) {
        if (!record.window.givenUp) {
            record.state = State.WAITING;
            record.window.waiting.add(record);
            waiting++;
        }
    }

    private int send() {
        int most = careful ? 1 : AT_ONCE;
        int sent = 0;
        for (Window window : windows.values()) {
            while (underWay < most && !window.waiting.isEmpty()) {
                ModelRecord record = window.waiting.remove();
                waiting--;
                send(record);
                sent++;
            }
        }
        return sent;
    }

    private void send(ModelRecord record) {
        ModelTrace trace = record.trace;
        long over = connection;
        record.state = State.UNDER_WAY;
        underWay++;
        records.put(record.window.end, trace).whenComplete((done, error) ->
                answers.add(new Answer(record, trace, over, outcome(error))));
    }

    private static Outcome outcome(@Nullable Throwable error) {
        if (error == null) {
            return Outcome.WRITTEN;
        }
        Throwable cause = error instanceof RedisFailure ? error : error.getCause();
        if (!(cause instanceof RedisFailure failure)) {
            return Outcome.REFUSED;
        }
        return switch (failure.kind()) {
            case AWAY, TIMEOUT, LOADING, READONLY, DENIED, MEMORY -> Outcome.AWAY;
            // Of this key: others may do well.
            case WRONGTYPE, CLUSTER, CONTENT, OTHER -> Outcome.REFUSED;
        };
    }

    private int takeAnswers() {
        int taken = 0;
        Answer answer;
        while ((answer = answers.poll()) != null) {
            taken++;
            underWay--;
            careful = answer.outcome == Outcome.AWAY || (careful && answer.outcome != Outcome.WRITTEN);
            take(answer);
        }
        return taken;
    }

    private void take(Answer answer) {
        ModelRecord record = answer.record;
        if (record.window.givenUp) {
            return;
        }
        if (answer.outcome == Outcome.WRITTEN) {
            record.written = answer.trace;
            record.state = State.WRITTEN;
            if (!record.trace.equals(answer.trace) || answer.connection != connection) {
                waits(record);
            }
            return;
        }
        record.state = State.FAILED;
        if (failed.isEmpty()) {
            retryNanos = clock.nanoTime() + RETRY_NANOS;
        }
        failed.add(record);
    }

    /** Redis may be another one, or have lost what was written. */
    private void onceMore() {
        careful = false;
        for (Window window : windows.values()) {
            for (ModelRecord record : window.records.values()) {
                record.written = null;
                if (record.state == State.WRITTEN) {
                    waits(record);
                }
            }
        }
        retryNanos = clock.nanoTime();
    }

    // ---- forgetting

    private void forgetOld() {
        if (windows.isEmpty()) {
            return;
        }
        long oldest = wall.instant().getEpochSecond() - RedisRecords.KEPT_SECONDS;
        while (!windows.isEmpty() && (windows.lastKey() <= oldest || windows.size() > WINDOWS
                || (kept > RECORDS && windows.size() > 1))) {
            giveUp(windows.pollLastEntry().getValue());
        }
    }

    private void giveUp(Window window) {
        window.givenUp = true;
        boolean lost = false;
        for (ModelRecord record : window.records.values()) {
            kept--;
            switch (record.state) {
                case WRITTEN -> {
                    continue;
                }
                case WAITING -> waiting--;
                case UNDER_WAY, FAILED -> {
                    // Its answer, or the next trial, comes to nothing.
                }
            }
            lost = true;
            lostArrivals.add(record.trace.arrivals() - (record.written == null ? 0 : record.written.arrivals()));
            lostCompletions.add(completions(record.trace) - completions(record.written));
        }
        if (lost) {
            lostWindows.increment();
        }
    }

    private static long completions(@Nullable ModelTrace trace) {
        return trace == null ? 0 : trace.completions().values().stream().mapToLong(Long::longValue).sum();
    }
}
