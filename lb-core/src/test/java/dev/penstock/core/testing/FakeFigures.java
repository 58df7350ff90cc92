package dev.penstock.core.testing;

import dev.penstock.core.port.Figures;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/** Live figures for up to 1,024 slots. Any thread. */
public final class FakeFigures implements Figures {

    private static final int SLOTS = 1_024;

    private final AtomicIntegerArray local = new AtomicIntegerArray(SLOTS);
    private final AtomicIntegerArray remote = new AtomicIntegerArray(SLOTS);
    private final AtomicLongArray pending = new AtomicLongArray(SLOTS);
    private final Map<Gauge, double[]> gauges = new ConcurrentHashMap<>();

    /** Says how many requests other proxies have in flight at an endpoint. */
    public FakeFigures inFlight(PodView endpoint, int requests) {
        remote.set(endpoint.slot(), requests);
        return this;
    }

    /** Says what the engine reports. */
    public FakeFigures gauge(PodView endpoint, Gauge gauge, double value) {
        values(gauge)[endpoint.slot()] = value;
        return this;
    }

    /** Whether nothing is in flight, and no prompt waits, by this process. */
    public boolean idle() {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (local.get(slot) != 0 || pending.get(slot) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int inFlightLocal(PodView endpoint) {
        return local.get(endpoint.slot());
    }

    @Override
    public int inFlightRemote(PodView endpoint) {
        return remote.get(endpoint.slot());
    }

    @Override
    public long pendingTokens(PodView endpoint) {
        return pending.get(endpoint.slot());
    }

    @Override
    public double gauge(PodView endpoint, Gauge gauge) {
        return values(gauge)[endpoint.slot()];
    }

    @Override
    public double gaugeAgeNanos(PodView endpoint, Gauge gauge) {
        return Double.isNaN(gauge(endpoint, gauge)) ? Double.NaN : 0;
    }

    @Override
    public void addInFlight(PodView endpoint, int delta) {
        local.addAndGet(endpoint.slot(), delta);
    }

    @Override
    public void addPendingTokens(PodView endpoint, long delta) {
        pending.addAndGet(endpoint.slot(), delta);
    }

    private double[] values(Gauge gauge) {
        return gauges.computeIfAbsent(gauge, any -> {
            double[] values = new double[SLOTS];
            Arrays.fill(values, Double.NaN);
            return values;
        });
    }
}
