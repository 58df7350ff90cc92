package dev.penstock.cache.kubernetes;

import dev.penstock.cache.kubernetes.KubernetesMetrics.WatchEnd;
import dev.penstock.core.port.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one kind of objects, of one namespace or of all, as the API server has them: lists, watches from there, and
 * lists again when the watch is lost and from time to time. In any outage all stays as it was last. Confined to {@code
 * lb-kubernetes}; its calls block elsewhere and come back through the inbox.
 *
 * <p>A watch that ends, for whatever reason, is followed by a list: what happened between two watches is then found
 * without trust in what the server remembers.
 *
 * @param <T> what an object means to the cache
 */
final class ListWatch<T> {

    /** Runs calls that block, each on a thread of its own. */
    @FunctionalInterface
    interface Calls {

        /**
         * Runs a call.
         *
         * @return ends it early
         */
        Runnable start(Runnable call);
    }

    /**
     * How long things may take, in nanoseconds.
     *
     * @param relist time between two lists; 0 means never
     * @param silence longest time without a sign of a watch; 0 means for ever
     * @param timeout longest time without an answer to a call
     */
    record Times(long relist, long silence, long timeout) {}

    private static final System.Logger LOG = System.getLogger(ListWatch.class.getName());
    private static final int PAGE = 500;
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long ABSENT_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final String name;
    private final Kind<T> kind;
    private final ObjectSource<T> source;
    private final KnownObjects<T> objects;
    private final KubernetesMetrics metrics;
    private final Surroundings around;

    private @Nullable Attempt list;
    private @Nullable Attempt watch;
    private boolean listDue = true;
    private long listNanos;
    private int failures;
    private int page = PAGE;
    private boolean complete;
    private boolean absent;
    private long goodNanos;
    private @Nullable String listProblem;
    private @Nullable String watchProblem;

    /**
     * What it works with.
     *
     * @param calls runs its calls
     * @param inbox takes what the owning thread shall do; any thread
     * @param clock the time
     * @param times how long things may take
     * @param random spreads what many balancers would do at once
     */
    record Surroundings(Calls calls, Consumer<Runnable> inbox, NanoClock clock, Times times, RandomGenerator random) {}

    /**
     * Makes one that has not begun.
     *
     * @param name for messages: what is looked at, and where
     */
    ListWatch(String name, Kind<T> kind, ObjectSource<T> source, Outbox outbox, KubernetesMetrics metrics,
            Surroundings around) {
        this.name = name;
        this.kind = kind;
        this.source = source;
        this.objects = new KnownObjects<>(kind, outbox, metrics);
        this.metrics = metrics;
        this.around = around;
        goodNanos = around.clock.nanoTime();
        listNanos = goodNanos;
    }

    /** Begins what is due, and gives up what takes too long. */
    int doWork() {
        long now = around.clock.nanoTime();
        int work = 0;
        if (list != null && now - list.heardNanos >= around.times.timeout) {
            list.end();
            listFailed(list, new ApiException(0, "no answer within " + seconds(around.times.timeout)));
            work++;
        }
        if (watch != null && around.times.silence > 0 && now - watch.heardNanos >= around.times.silence) {
            lost(watch, WatchEnd.SILENT, "no sign of life for " + seconds(around.times.silence));
            work++;
        }
        if (list == null && listDue && now - listNanos >= 0) {
            startList(now);
            work++;
        }
        return work;
    }

    /** Ends all calls. */
    void close() {
        listDue = false;
        if (list != null) {
            list.end();
            list = null;
        }
        if (watch != null) {
            watch.end();
            watch = null;
        }
    }

    // ---- list

    private void startList(long now) {
        Attempt mine = new Attempt(now);
        list = mine;
        int limit = page;
        mine.cancel = around.calls.start(() -> {
            try {
                List<Reading<T>> all = new ArrayList<>();
                ObjectSource.Page<T> read;
                String from = null;
                do {
                    read = source.list(from, limit);
                    all.addAll(read.readings());
                    from = read.next();
                    around.inbox.accept(() -> mine.heardNanos = around.clock.nanoTime());
                } while (from != null);
                String version = read.version();
                around.inbox.accept(() -> listed(mine, all, version));
            } catch (ApiException e) {
                around.inbox.accept(() -> listFailed(mine, e));
            } catch (RuntimeException e) {
                around.inbox.accept(() -> listFailed(mine, new ApiException(0, e.toString())));
            }
        });
    }

    private void listed(Attempt mine, List<Reading<T>> all, String version) {
        if (list != mine) {
            return;
        }
        list = null;
        metrics.lists.increment();
        long now = around.clock.nanoTime();
        Attempt before = watch;
        if (before != null) {
            // So that what it did tell does not count as missed.
            before.deferred.forEach(Runnable::run);
            before.end();
        }
        objects.replace(all);
        tell(null, watchProblem);
        complete = true;
        absent = false;
        goodNanos = now;
        long relist = around.times.relist;
        listDue = relist > 0;
        listNanos = now + relist - (long) (relist * 0.1 * around.random.nextDouble());
        startWatch(version, now);
    }

    private void listFailed(Attempt mine, ApiException cause) {
        if (list != mine) {
            return;
        }
        list = null;
        metrics.failedLists.increment();
        long now = around.clock.nanoTime();
        if (cause.absent() && kind.mayBeAbsent()) {
            becomesAbsent(now);
            return;
        }
        if (cause.expired()) {
            // It was changing faster than it could be read in parts.
            page = 0;
        }
        failures++;
        tell(cause.reason(), watchProblem);
        later(now);
        if (watch != null) {
            // The watch was not touched: it goes on where it was.
            watch.deferred.forEach(Runnable::run);
            watch.deferred.clear();
        }
    }

    private void becomesAbsent(long now) {
        if (watch != null) {
            watch.end();
            watch = null;
        }
        objects.replace(List.of());
        absent = true;
        complete = true;
        failures = 0;
        tell(null, null);
        listDue = true;
        listNanos = now + ABSENT_NANOS;
    }

    // ---- watch

    private void startWatch(String version, long now) {
        Attempt mine = new Attempt(now);
        watch = mine;
        ObjectSource.Sink<T> sink = new ObjectSource.Sink<>() {
            @Override
            public void changed(Reading<T> reading) {
                around.inbox.accept(() -> told(mine, () -> objects.update(reading)));
            }

            @Override
            public void gone(ObjectKey key, String uid) {
                around.inbox.accept(() -> told(mine, () -> objects.gone(key, uid)));
            }

            @Override
            public void bookmark() {
                around.inbox.accept(() -> alive(mine));
            }

            @Override
            public void ended(ApiException reason) {
                around.inbox.accept(() -> watchEnded(mine, reason));
            }
        };
        mine.cancel = around.calls.start(() -> {
            try {
                ObjectSource.Connection connection = source.watch(version, sink);
                around.inbox.accept(() -> opened(mine, connection));
            } catch (ApiException e) {
                around.inbox.accept(() -> watchEnded(mine, e));
            } catch (RuntimeException e) {
                around.inbox.accept(() -> watchEnded(mine, new ApiException(0, e.toString())));
            }
        });
    }

    private void opened(Attempt mine, ObjectSource.Connection connection) {
        if (watch != mine) {
            connection.close();
            return;
        }
        mine.connection = connection;
        mine.heardNanos = around.clock.nanoTime();
        tell(listProblem, null);
    }

    private void told(Attempt mine, Runnable change) {
        if (watch != mine) {
            return;
        }
        metrics.events.increment();
        alive(mine);
        if (list == null) {
            change.run();
        } else {
            // What the list will say may be newer than this.
            mine.deferred.add(change);
        }
    }

    private void alive(Attempt mine) {
        if (watch == mine) {
            mine.heardNanos = around.clock.nanoTime();
            goodNanos = mine.heardNanos;
            failures = 0;
        }
    }

    private void watchEnded(Attempt mine, ApiException reason) {
        if (watch == mine) {
            lost(mine, reason.expired() ? WatchEnd.EXPIRED : WatchEnd.ENDED, reason.reason());
        }
    }

    private void lost(Attempt mine, WatchEnd cause, String reason) {
        watch = null;
        mine.end();
        metrics.watchEnded(cause);
        long now = around.clock.nanoTime();
        boolean worked = mine.heardNanos != mine.startNanos && cause != WatchEnd.SILENT;
        if (now - mine.startNanos >= STABLE_NANOS) {
            failures = 0;
        }
        // To be sent back to a list once is how a watch ends that was away for long.
        if (cause == WatchEnd.SILENT || (!worked && (cause == WatchEnd.ENDED || failures >= 2))) {
            tell(listProblem, "watch lost: " + reason);
        }
        // The first try follows at once; a watch that never holds must not become a list without end.
        later(now);
        failures++;
    }

    private void later(long now) {
        listDue = true;
        listNanos = now + delayNanos();
    }

    private long delayNanos() {
        if (failures == 0) {
            return 0;
        }
        long delay = Math.min(LONGEST_DELAY_NANOS, FIRST_DELAY_NANOS << Math.min(failures - 1, 16));
        return (long) (delay * (0.5 + around.random.nextDouble() / 2));
    }

    // ---- state

    private void tell(@Nullable String ofList, @Nullable String ofWatch) {
        String before = problem();
        listProblem = ofList;
        watchProblem = ofWatch;
        String now = problem();
        if (now != null && !now.equals(before)) {
            LOG.log(System.Logger.Level.WARNING, "{0}: {1}; what is known stays, trying again", name, now);
        } else if (now == null && before != null) {
            LOG.log(System.Logger.Level.INFO, "{0}: back again", name);
        }
    }

    private static String seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos) + "s";
    }

    /** Name of the kind. */
    String kind() {
        return kind.label();
    }

    /** What is looked at, and where. */
    String name() {
        return name;
    }

    /** Whether there was a first list, or nothing to list. */
    boolean complete() {
        return complete;
    }

    /** Whether the server knows no such kind. */
    boolean absent() {
        return absent;
    }

    /** When what is known was last known to be right. */
    long goodNanos() {
        return goodNanos;
    }

    /** How often in a row it did not work. */
    int failures() {
        return failures;
    }

    /** What is wrong now, or null. */
    @Nullable String problem() {
        return listProblem != null ? listProblem : watchProblem;
    }

    /** How often the cache was told something. */
    long changes() {
        return objects.changes();
    }

    /** What is refused, of which object. */
    Map<ObjectKey, List<String>> refused() {
        return objects.problems();
    }
}
