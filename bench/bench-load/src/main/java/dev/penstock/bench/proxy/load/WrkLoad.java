package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Load made by wrk, one thread, a new process for every run. wrk knows whole seconds only, so a run may be longer than
 * ordered, never shorter.
 */
public final class WrkLoad implements LoadGenerator {
    private static final int TIMEOUT_SECONDS = 20;
    /** Time for streams under way to end after the last request was made; a saturated core needs most of it. */
    private static final double DRAIN_SECONDS = 0.5;
    /** The same, for each connection, since many connections saturate the core. */
    private static final double DRAIN_SECONDS_PER_CONNECTION = 0.001;

    private final Path wrk;
    private final CpuLayout layout;
    private final Workspace workspace;

    /** Load made by the program {@code wrk}. */
    public WrkLoad(Path wrk, CpuLayout layout, Workspace workspace) {
        this.wrk = wrk;
        this.layout = layout;
        this.workspace = workspace;
    }

    @Override
    public String name() {
        return "wrk";
    }

    @Override
    public LoadResult run(LoadOrder order) {
        long seconds = Math.max(1, (long) Math.ceil(order.seconds() + drainSeconds(order)));
        Path script = workspace.write("wrk.lua", WrkScript.of(order, seconds - drainSeconds(order)));
        List<String> command = List.of(
                wrk.toString(),
                "-t1",
                "-c" + order.connections(),
                "-d" + seconds + "s",
                "--timeout",
                TIMEOUT_SECONDS + "s",
                "--latency",
                "-s",
                script.toString(),
                (order.load().lane().wire() == Wire.TLS ? "https" : "http") + "://127.0.0.1:" + order.port()
                        + LoadCase.PATH);
        ChildSpec spec =
                new ChildSpec("wrk", layout.onLoadCpu(command), workspace.folder(), Map.of(), true);
        Child child = workspace.start(spec);
        try {
            String output = new String(child.output().readAllBytes(), StandardCharsets.UTF_8);
            child.awaitEnd(seconds + TIMEOUT_SECONDS);
            return WrkSummary.parse(output, order);
        } catch (IOException e) {
            throw new BenchException("cannot read what wrk prints: " + e.getMessage(), e);
        } finally {
            workspace.stop(child);
        }
    }

    private static double drainSeconds(LoadOrder order) {
        if (!order.load().streaming()) {
            return 0;
        }
        double stream = (order.load().lane().engines().streamMillis() - EngineGroup.STREAM.streamMillis()) / 1e3;
        return stream + DRAIN_SECONDS + order.connections() * DRAIN_SECONDS_PER_CONNECTION;
    }
}
