package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.LoadOrder;
import dev.penstock.bench.proxy.target.ProxyKind;
import dev.penstock.bench.proxy.target.Target;
import java.util.List;

/** Load that is not measured, until code is compiled and pools are full. Used by the benchmark's thread. */
final class WarmUp {
    private static final double SLICE_SECONDS = 1;
    private static final int MOST_SLICES = 120;

    private final LoadGenerator load;
    private final Effort effort;

    WarmUp(LoadGenerator load, Effort effort) {
        this.load = load;
        this.effort = effort;
    }

    /** Warms up {@code targets} for {@code kind}: Penstock by count, as code is compiled meanwhile; others shortly. */
    void run(LoadCase kind, int connections, List<Target> targets) {
        for (Target target : targets.stream().filter(one -> one.takes(kind)).toList()) {
            long wanted = target.kind() == ProxyKind.PENSTOCK ? effort.warmUp(kind) : 1;
            LoadOrder order = new LoadOrder(kind, target.entry(kind).port(), connections, SLICE_SECONDS);
            long requests = 0;
            for (int slice = 0; requests < wanted && slice < MOST_SLICES; slice++) {
                requests += load.run(order).requests();
            }
        }
    }
}
