package dev.penstock.bench.jcstress;

import dev.penstock.core.port.Figures;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Figures of the one pod. Any thread. */
final class CountedFigures implements Figures {
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong pendingTokens = new AtomicLong();

    @Override
    public void addInFlight(PodView endpoint, int delta) {
        inFlight.addAndGet(delta);
    }

    @Override
    public void addPendingTokens(PodView endpoint, long delta) {
        pendingTokens.addAndGet(delta);
    }

    @Override
    public int inFlightLocal(PodView endpoint) {
        return inFlight.get();
    }

    @Override
    public int inFlightRemote(PodView endpoint) {
        return 0;
    }

    @Override
    public long pendingTokens(PodView endpoint) {
        return pendingTokens.get();
    }

    @Override
    public double gauge(PodView endpoint, Gauge gauge) {
        return Double.NaN;
    }

    @Override
    public double gaugeAgeNanos(PodView endpoint, Gauge gauge) {
        return Double.NaN;
    }
}
