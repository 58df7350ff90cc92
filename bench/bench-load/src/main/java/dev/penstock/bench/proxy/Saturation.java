package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.LoadOrder;
import dev.penstock.bench.proxy.load.Pace;
import dev.penstock.bench.proxy.target.ProxyKind;
import dev.penstock.bench.proxy.target.Target;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Finds out how many requests a second are made of a case. Used by the benchmark's thread. */
final class Saturation {
    private static final double SECONDS = 2;

    private final LoadGenerator load;
    private final Consumer<String> progress;

    Saturation(LoadGenerator load, Consumer<String> progress) {
        this.load = load;
        this.progress = progress;
    }

    /**
     * The rate of {@code kind}, the same for each of {@code targets}: where a proxy could take more than another, both
     * get half of what the other can take.
     *
     * @return requests a second, or zero for as many as come back
     */
    double rate(LoadCase kind, int connections, List<Target> targets) {
        if (kind.pace() == Pace.LOW) {
            return Pace.LOW_RATE;
        }
        if (kind.pace() != Pace.HALF) {
            return 0;
        }
        double least = Double.POSITIVE_INFINITY;
        ProxyKind slowest = ProxyKind.DIRECT;
        for (Target target : targets) {
            LoadOrder order = new LoadOrder(kind, target.entry(kind).port(), connections, SECONDS);
            double most = load.run(order).perSecond();
            if (most > 0 && most < least) {
                least = most;
                slowest = target.kind();
            }
        }
        if (!Double.isFinite(least)) {
            return Pace.LOW_RATE;
        }
        progress.accept(String.format(Locale.ROOT, "%s: %s takes %.0f requests/s at most, so %.0f for all",
                kind.id(), slowest.id(), least, least / 2));
        return least / 2;
    }
}
