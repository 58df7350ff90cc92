package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.Loads;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Workspace;
import dev.penstock.bench.proxy.report.Row;
import dev.penstock.bench.proxy.report.Sample;
import dev.penstock.bench.proxy.report.Summary;
import dev.penstock.bench.proxy.target.Fleet;
import dev.penstock.bench.proxy.target.PenstockOptions;
import dev.penstock.bench.proxy.target.Probe;
import dev.penstock.bench.proxy.target.ProxyKind;
import dev.penstock.bench.proxy.target.Target;
import java.util.ArrayList;
import java.util.Collections;
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
            Loads load = new Loads(layout, workspace, progress);
            List<LoadCase> cases = plan.cases().stream().filter(load::can).toList();
            Fleet fleet = new Fleet(workspace, layout, probe, cases, progress);
            List<Target> targets =
                    fleet.targets(plan.proxies(), plan.mostConnections(), penstockOptions(workspace));
            if (targets.isEmpty() || cases.isEmpty()) {
                throw new BenchException("nothing of what was asked for is installed: nothing to measure");
            }
            Measurement measurement = new Measurement(workspace, fleet, load, probe);
            List<Row> rows = Summary.rows(samples(cases, targets, load, measurement));
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

    private List<Sample> samples(
            List<LoadCase> cases, List<Target> targets, LoadGenerator load, Measurement measurement) {
        WarmUp warmUp = new WarmUp(load, plan.effort());
        Saturation saturation = new Saturation(load, progress);
        List<Sample> samples = new ArrayList<>();
        for (LoadCase kind : cases) {
            List<Target> taking = targets.stream().filter(target -> target.takes(kind)).toList();
            List<Integer> counts = plan.connections(kind);
            progress.accept(kind.id() + ": warm-up (penstock: " + plan.effort().warmUp(kind) + " requests)");
            warmUp.run(kind, Collections.max(counts), taking);
            for (int connections : counts) {
                double rate = saturation.rate(kind, connections, taking);
                progress.accept(kind.id() + ", " + connections + " connections: " + plan.effort().rounds(kind)
                        + " rounds");
                samples.addAll(rounds(new Sample.Cell(kind, connections), taking, rate, measurement));
            }
        }
        return samples;
    }

    private List<Sample> rounds(Sample.Cell cell, List<Target> targets, double rate, Measurement measurement) {
        double seconds = plan.effort().seconds(cell.load());
        List<Sample> samples = new ArrayList<>();
        for (int round = 0; round < plan.effort().rounds(cell.load()); round++) {
            for (Target target : targets) {
                // What a proxy adds to a time is a difference to the direct way of the same round.
                if (round == 0 || target.kind() != ProxyKind.DIRECT || !plan.effort().directOnce()
                        || cell.load().pace().clocked()) {
                    Sample sample = measurement.take(cell, target, round, seconds, rate);
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
