package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.CpuSample;
import dev.penstock.bench.proxy.process.CpuUse;
import dev.penstock.bench.proxy.process.ProcMeter;
import dev.penstock.bench.proxy.process.Workspace;
import dev.penstock.bench.proxy.target.Probe;
import dev.penstock.bench.proxy.target.ProxyKind;
import dev.penstock.bench.proxy.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/** What is measured once, after the rounds: memory, idling, allocation. Used by the benchmark's thread. */
final class Footnotes {
    private static final double MEBIBYTE = 1024.0 * 1024.0;
    /** Connections time out and the compiler ends its work before idling is idle. */
    private static final long SETTLE_MILLIS = 2_000;

    private final Workspace workspace;
    private final LoadGenerator load;
    private final Probe probe;
    private final ProcMeter meter = new ProcMeter();

    Footnotes(Workspace workspace, LoadGenerator load, Probe probe) {
        this.workspace = workspace;
        this.load = load;
        this.probe = probe;
    }

    /** The lines under the table. */
    List<String> lines(BenchPlan plan, List<Target> targets) {
        List<String> lines = new ArrayList<>();
        memory(targets, lines);
        for (Target target : targets) {
            Child process = target.process();
            if (target.kind() == ProxyKind.PENSTOCK && process != null) {
                if (plan.allocation()) {
                    allocation(target, lines);
                }
                if (plan.idle()) {
                    idle(process, plan.effort().idleSeconds(), lines);
                }
            }
        }
        return List.copyOf(lines);
    }

    private void memory(List<Target> targets, List<String> lines) {
        StringJoiner sizes = new StringJoiner(", ", "memory after the load (resident): ", "").setEmptyValue("");
        for (Target target : targets) {
            for (Child process : target.processes()) {
                sizes.add(String.format(
                        Locale.ROOT,
                        "%s %.0f MiB (pid %d)",
                        process.name(),
                        meter.residentBytes(process.pid()) / MEBIBYTE,
                        process.pid()));
            }
        }
        if (sizes.length() > 0) {
            lines.add(sizes.toString());
        }
    }

    private void allocation(Target penstock, List<String> lines) {
        Allocation allocation = new Allocation(workspace, load, probe);
        if (!penstock.takes(LoadCase.JSON_1K)) {
            return;
        }
        for (LoadCase kind : List.of(LoadCase.JSON_1K, LoadCase.JSON_16K)) {
            double bytes = allocation.bytesPerRequest(kind, penstock);
            lines.add("penstock allocates for one request of " + kind.id() + ": "
                    + (Double.isFinite(bytes) ? String.format(Locale.ROOT, "%.0f bytes of heap", bytes) : "n/a"));
        }
    }

    private void idle(Child process, double seconds, List<String> lines) {
        pause(SETTLE_MILLIS);
        CpuSample before = meter.cpu(process.pid());
        long start = System.nanoTime();
        pause((long) (seconds * 1_000));
        CpuUse use = meter.cpu(process.pid()).since(before);
        double share = 100.0 * use.workNanos() / (System.nanoTime() - start);
        double compiling = 100.0 * use.jitNanos() / (System.nanoTime() - start);
        lines.add(String.format(
                Locale.ROOT,
                "penstock idle: %.2f %% of one core over %.0f s (compiling: %.2f %%)",
                share,
                seconds,
                compiling));
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
