package dev.penstock.cache.kubernetes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API server that answers when the test says so: calls run at once, what they find waits in the inbox. One thread.
 */
final class FakeServer implements ObjectSource<String> {

    /** A watch that somebody has begun. */
    static final class FakeWatch implements Connection {
        final String version;
        final Sink<String> sink;
        boolean closed;

        FakeWatch(String version, Sink<String> sink) {
            this.version = version;
            this.sink = sink;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    final Deque<Runnable> inbox = new ArrayDeque<>();
    final List<FakeWatch> watches = new ArrayList<>();
    final List<Integer> limits = new ArrayList<>();
    /** Calls that were begun and were told to end. */
    int canceled;
    /** Calls that hang are not run before the test does. */
    boolean hanging;
    final Deque<Runnable> hung = new ArrayDeque<>();

    private List<Reading<String>> objects = List.of();
    private int version = 1;
    private int pageSize = Integer.MAX_VALUE;
    private @Nullable ApiException listFailure;
    private @Nullable ApiException watchFailure;

    /** What there is now; a name alone is an object whose value is its name. */
    void holds(String... names) {
        objects = Arrays.stream(names).map(FakeServer::object).toList();
        version++;
    }

    void holds(List<Reading<String>> readings) {
        objects = readings;
        version++;
    }

    void inPagesOf(int size) {
        pageSize = size;
    }

    void failsToList(@Nullable ApiException failure) {
        listFailure = failure;
    }

    void failsToWatch(@Nullable ApiException failure) {
        watchFailure = failure;
    }

    static Reading<String> object(String name) {
        return object(name, name);
    }

    static Reading<String> object(String name, String value) {
        return new Reading<>(new ObjectKey("ns", name), "uid-" + name, value, List.of());
    }

    FakeWatch watch() {
        return watches.getLast();
    }

    Runnable call(Runnable call) {
        if (hanging) {
            hung.add(call);
        } else {
            call.run();
        }
        return () -> canceled++;
    }

    @Override
    public Page<String> list(@Nullable String from, int limit) throws ApiException {
        limits.add(limit);
        if (listFailure != null) {
            throw listFailure;
        }
        int begin = from == null ? 0 : Integer.parseInt(from);
        int end = limit == 0 ? objects.size() : (int) Math.min(objects.size(), (long) begin + pageSize);
        return new Page<>(objects.subList(begin, end), Integer.toString(version),
                end == objects.size() ? null : Integer.toString(end));
    }

    @Override
    public Connection watch(String from, Sink<String> sink) throws ApiException {
        if (watchFailure != null) {
            throw watchFailure;
        }
        FakeWatch watch = new FakeWatch(from, sink);
        watches.add(watch);
        return watch;
    }
}
