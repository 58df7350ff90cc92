package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.NioProcessLoad;
import dev.penstock.bench.proxy.load.WrkLoad;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import dev.penstock.bench.proxy.report.Row;
import dev.penstock.bench.proxy.report.Sample;
import dev.penstock.bench.proxy.report.Summary;
import dev.penstock.bench.proxy.target.Fleet;
import dev.penstock.bench.proxy.target.PenstockOptions;
import dev.penstock.bench.proxy.target.Probe;
import dev.penstock.bench.proxy.target.ProxyKind;
import dev.penstock.bench.proxy.target.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One run of the benchmark: starts everything, warms up, measures in interleaved rounds, ends everything. Confined to
 * the thread that calls {@link #run}.
 */
final class ProxyBench {
    private final BenchPlan plan;
    private final Consumer<String> progress;

    /** A run of {@code plan} that tells {@code progress} what it does and what it misses, a line at a time. */
    ProxyBench(BenchPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Runs.
     *
     * @throws dev.penstock.bench.proxy.process.BenchException if a part of it cannot be started or ends early
     */
    Outcome run() {
        CpuLayout layout = CpuLayout.detect();
        try (Workspace workspace = Workspace.open();
                Probe probe = new Probe(workspace)) {
            pin(workspace, layout);
            Fleet fleet = Fleet.start(workspace, layout, probe, plan.mostConnections(), progress);
            List<Target> targets = fleet.targets(plan.proxies(), penstockOptions(workspace));
            if (targets.isEmpty()) {
                throw new BenchException("nothing of what was asked for is installed: nothing to measure");
            }
            LoadGenerator load = generator(workspace, layout);
            List<Row> rows = Summary.rows(samples(workspace, targets, load, probe));
            progress.accept("memory, allocation, idling");
            return new Outcome(rows, new Footnotes(workspace, load, probe).lines(plan, targets));
        }
    }

    private void pin(Workspace workspace, CpuLayout layout) {
        if (!layout.separated()) {
            progress.accept(layout.taskset() == null
                    ? "taskset is not installed: nothing is pinned, so figures vary more"
                    : "there is one CPU only: the proxy shares it with load and engines");
        }
        List<String> command = layout.moveToLoadCpu(ProcessHandle.current().pid());
        if (!command.isEmpty()) {
            workspace.run(ChildSpec.of("taskset", command, workspace.folder()));
        }
    }

    private PenstockOptions penstockOptions(Workspace workspace) {
        if (!plan.allocation()) {
            return plan.penstock();
        }
        List<String> options = new ArrayList<>(plan.penstock().jvmOptions());
        options.add(Allocation.jvmOption(workspace));
        return new PenstockOptions(plan.penstock().strategy(), options);
    }

    private LoadGenerator generator(Workspace workspace, CpuLayout layout) {
        Path wrk = Programs.find("wrk");
        if (wrk != null) {
            return new WrkLoad(wrk, layout, workspace);
        }
        progress.accept("wrk is not installed: the built-in load generator takes its place");
        return NioProcessLoad.start(layout, workspace);
    }

    private List<Sample> samples(Workspace workspace, List<Target> targets, LoadGenerator load, Probe probe) {
        WarmUp warmUp = new WarmUp(load, plan.effort());
        Measurement measurement = new Measurement(workspace, load, probe);
        List<Sample> samples = new ArrayList<>();
        for (LoadCase kind : plan.cases()) {
            progress.accept(kind.id() + ": warm-up (penstock: " + plan.effort().warmUp(kind) + " requests)");
            warmUp.run(kind, plan.mostConnections(), targets);
            for (int connections : plan.connections()) {
                progress.accept(kind.id() + ", " + connections + " connections: " + plan.effort().rounds() + " rounds");
                samples.addAll(rounds(new Sample.Cell(kind, connections), targets, measurement));
            }
        }
        return samples;
    }

    private List<Sample> rounds(Sample.Cell cell, List<Target> targets, Measurement measurement) {
        double seconds = plan.effort().seconds(cell.load());
        List<Sample> samples = new ArrayList<>();
        for (int round = 0; round < plan.effort().rounds(); round++) {
            for (Target target : targets) {
                if (round == 0 || target.kind() != ProxyKind.DIRECT || !plan.effort().directOnce()) {
                    Sample sample = measurement.take(cell, target, round, seconds);
                    progress.accept("  " + sample.line());
                    samples.add(sample);
                }
            }
        }
        return samples;
    }

    /**
     * What a run found.
     *
     * @param rows the table
     * @param footnotes lines under it
     */
    record Outcome(List<Row> rows, List<String> footnotes) {
        Outcome {
            rows = List.copyOf(rows);
            footnotes = List.copyOf(footnotes);
        }
    }
}
