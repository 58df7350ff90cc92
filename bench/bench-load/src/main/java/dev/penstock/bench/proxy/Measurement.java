package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.LoadOrder;
import dev.penstock.bench.proxy.load.LoadResult;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.CpuSample;
import dev.penstock.bench.proxy.process.CpuUse;
import dev.penstock.bench.proxy.process.ProcMeter;
import dev.penstock.bench.proxy.process.Workspace;
import dev.penstock.bench.proxy.report.Sample;
import dev.penstock.bench.proxy.target.PenstockMetrics;
import dev.penstock.bench.proxy.target.Probe;
import dev.penstock.bench.proxy.target.ProxyKind;
import dev.penstock.bench.proxy.target.Target;

/** One target under one load, measured once. Used by the benchmark's thread. */
final class Measurement {
    private final Workspace workspace;
    private final LoadGenerator load;
    private final Probe probe;
    private final ProcMeter meter = new ProcMeter();

    Measurement(Workspace workspace, LoadGenerator load, Probe probe) {
        this.workspace = workspace;
        this.load = load;
        this.probe = probe;
    }

    /** Sends load for {@code seconds} and returns what it met and what it cost. */
    Sample take(Sample.Cell cell, Target target, int round, double seconds) {
        LoadOrder order = new LoadOrder(cell.load(), target.port(cell.load()), cell.connections(), seconds);
        Child process = target.process();
        if (process == null) {
            return new Sample(cell, target.kind(), round, load.run(order), null, Double.NaN);
        }
        // The admin port is asked outside of the span that counts.
        boolean penstock = target.kind() == ProxyKind.PENSTOCK;
        PenstockMetrics metricsBefore = penstock ? PenstockMetrics.read(probe, target) : null;
        CpuSample cpuBefore = meter.cpu(process.pid());
        LoadResult result = load.run(order);
        workspace.checkAlive();
        CpuUse cpu = meter.cpu(process.pid()).since(cpuBefore);
        double inlineShare = metricsBefore == null
                ? Double.NaN
                : PenstockMetrics.read(probe, target).inlineShareSince(metricsBefore);
        return new Sample(cell, target.kind(), round, result, cpu, inlineShare);
    }
}
