package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.LoadOrder;
import dev.penstock.bench.proxy.load.LoadResult;
import dev.penstock.bench.proxy.load.Pace;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.CpuSample;
import dev.penstock.bench.proxy.process.CpuUse;
import dev.penstock.bench.proxy.process.ProcMeter;
import dev.penstock.bench.proxy.process.Workspace;
import dev.penstock.bench.proxy.report.Sample;
import dev.penstock.bench.proxy.target.EngineConnections;
import dev.penstock.bench.proxy.target.Fleet;
import dev.penstock.bench.proxy.target.PenstockMetrics;
import dev.penstock.bench.proxy.target.Probe;
import dev.penstock.bench.proxy.target.ProxyKind;
import dev.penstock.bench.proxy.target.Target;

/** One target under one load, measured once. Used by the benchmark's thread. */
final class Measurement {
    /** Longer than an idle connection lives: what is open then is what this load keeps open. */
    private static final double LEAD_IN_SECONDS = 5;

    private final Workspace workspace;
    private final Fleet fleet;
    private final LoadGenerator load;
    private final Probe probe;
    private final ProcMeter meter = new ProcMeter();

    Measurement(Workspace workspace, Fleet fleet, LoadGenerator load, Probe probe) {
        this.workspace = workspace;
        this.fleet = fleet;
        this.load = load;
        this.probe = probe;
    }

    /**
     * Sends load for {@code seconds} and returns what it met and what it cost.
     *
     * @param rate requests a second, or zero for as many as come back
     */
    Sample take(Sample.Cell cell, Target target, int round, double seconds, double rate) {
        LoadCase kind = cell.load();
        Target.Entry entry = target.entry(kind);
        LoadOrder order = new LoadOrder(kind, entry.port(), cell.connections(), seconds, rate);
        Child process = entry.process();
        if (process == null) {
            return new Sample(cell, target.kind(), round, load.run(order), null, Double.NaN, Double.NaN);
        }
        boolean countsConnections = kind.pace() == Pace.LOW;
        if (countsConnections) {
            load.run(new LoadOrder(kind, entry.port(), cell.connections(), LEAD_IN_SECONDS, rate));
        }
        // The admin port and the engines are asked outside of the span that counts.
        EngineConnections connections = countsConnections ? fleet.connections(kind) : null;
        double usedBefore = connections == null ? Double.NaN : connections.used();
        boolean penstock = target.kind() == ProxyKind.PENSTOCK;
        PenstockMetrics metricsBefore = penstock ? PenstockMetrics.read(probe, entry) : null;
        CpuSample cpuBefore = meter.cpu(process.pid());
        LoadResult result = load.run(order);
        workspace.checkAlive();
        CpuUse cpu = meter.cpu(process.pid()).since(cpuBefore);
        double inlineShare = metricsBefore == null
                ? Double.NaN
                : PenstockMetrics.read(probe, entry).inlineShareSince(metricsBefore);
        double reuse = connections == null ? Double.NaN
                : 1 - (connections.used() - usedBefore) / Math.max(1, result.requests());
        return new Sample(cell, target.kind(), round, result, cpu, inlineShare, reuse);
    }
}
