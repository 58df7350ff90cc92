package dev.penstock.testkit;

import dev.penstock.core.port.Health;
import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Health as a test says it is; endpoints are known by slot. Notes what it is told. Any thread. For tests of Penstock
 * itself: it shows types of the core, so authors do not see it, though the kit works with it.
 */
public final class FakeHealth implements Health {

    private final Map<Integer, State> states = new ConcurrentHashMap<>();
    private final Set<Integer> probed = ConcurrentHashMap.newKeySet();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicLong version = new AtomicLong();
    private final AtomicInteger probes = new AtomicInteger();

    /** Says what becomes of requests for an endpoint. */
    public FakeHealth state(PodView endpoint, State state) {
        if (state == State.READY) {
            states.remove(endpoint.slot());
        } else {
            states.put(endpoint.slot(), state);
        }
        version.incrementAndGet();
        return this;
    }

    /** How many probes were ever taken. */
    public int probes() {
        return probes.get();
    }

    /** Endpoints that have a probe under way. */
    public int probed() {
        return probed.size();
    }

    /** What was told, in order, for example {@code "p1 answered 200"}. */
    public List<String> told() {
        return List.copyOf(told);
    }

    @Override
    public boolean quiet() {
        return states.isEmpty();
    }

    @Override
    public long version() {
        return version.get();
    }

    @Override
    public boolean open(PodView endpoint) {
        State state = states.getOrDefault(endpoint.slot(), State.READY);
        return state == State.READY || (state == State.PROBING && !probed.contains(endpoint.slot()));
    }

    @Override
    public int takeProbe(PodView endpoint) {
        if (states.get(endpoint.slot()) != State.PROBING || !probed.add(endpoint.slot())) {
            return NO_PROBE;
        }
        version.incrementAndGet();
        return probes.incrementAndGet();
    }

    @Override
    public void returnProbe(PodView endpoint, int probe) {
        if (!probed.remove(endpoint.slot())) {
            throw new AssertionError("no probe under way: " + endpoint.name());
        }
        version.incrementAndGet();
    }

    @Override
    public void failed(PodView endpoint, Failure how) {
        told.add(endpoint.name() + " failed " + how);
    }

    @Override
    public void answered(PodView endpoint, int status, long retryAfterSeconds) {
        told.add(endpoint.name() + " answered " + status
                + (retryAfterSeconds < 0 ? "" : " retry after " + retryAfterSeconds));
    }

    @Override
    public void completed(PodView endpoint) {
        told.add(endpoint.name() + " completed");
    }

    @Override
    public void checked(PodView endpoint, boolean well) {
        told.add(endpoint.name() + (well ? " well" : " unwell"));
    }

    @Override
    public Standing standing(PodView endpoint) {
        State state = states.get(endpoint.slot());
        return state == null ? Standing.WELL : new Standing(state, "said by the test", 0, 0, 1);
    }
}
