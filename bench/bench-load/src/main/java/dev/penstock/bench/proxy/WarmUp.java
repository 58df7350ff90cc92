package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.LoadOrder;
import dev.penstock.bench.proxy.load.LoadResult;
import dev.penstock.bench.proxy.report.Sample;
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

    /**
     * Warms up {@code targets} for a cell.
     *
     * @param first whether this is the first cell of its case: then Penstock gets the full count of requests, because
     *     what compiles is the case; a cell with other connections only fills pools
     */
    void run(Sample.Cell cell, List<Target> targets, boolean first) {
        for (Target target : targets) {
            long wanted = first && target.kind() == ProxyKind.PENSTOCK ? effort.warmUp(cell.load()) : 1;
            LoadOrder order = new LoadOrder(cell.load(), target.port(cell.load()), cell.connections(), SLICE_SECONDS);
            long requests = 0;
            for (int slice = 0; requests < wanted && slice < MOST_SLICES; slice++) {
                LoadResult result = load.run(order);
                requests += result.requests();
            }
        }
    }
}
