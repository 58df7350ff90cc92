package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * HTTP/2 load made by h2load, one thread, {@value #STREAMS} streams over each connection, a new process for every run.
 * A run makes a number of requests and not a number of seconds: h2load cuts off what is under way when a time is over,
 * and that would count for the proxy's CPU and for nothing else. The number follows from the rate of the run before.
 */
public final class H2Load implements LoadGenerator {
    /** Requests at once over one connection. */
    static final int STREAMS = 8;

    private static final long END_SECONDS = 60;
    /** What a first run expects of a target that is not known yet. */
    private static final double FIRST_RATE = 2_000;

    private final Path program;
    private final CpuLayout layout;
    private final Workspace workspace;
    private final Map<Integer, Double> rates = new HashMap<>();

    /** Load made by the program {@code h2load}. */
    public H2Load(Path program, CpuLayout layout, Workspace workspace) {
        this.program = program;
        this.layout = layout;
        this.workspace = workspace;
    }

    @Override
    public String name() {
        return "h2load";
    }

    @Override
    public LoadResult run(LoadOrder order) {
        Path body = workspace.write("h2load-" + order.load().id() + ".json", order.load().body());
        Path log = workspace.write("h2load.log", "");
        int connections = Math.max(1, order.connections() / STREAMS);
        List<String> command = List.of(
                program.toString(),
                "-t1",
                "-c" + connections,
                "-m" + STREAMS,
                "-n" + requests(order, connections * STREAMS),
                "-d",
                body.toString(),
                "-H",
                "content-type: application/json",
                "--log-file=" + log,
                "http://127.0.0.1:" + order.port() + LoadCase.PATH);
        Child child = workspace.start(
                new ChildSpec("h2load", layout.onLoadCpu(command), workspace.folder(), Map.of(), true));
        try {
            String output = new String(child.output().readAllBytes(), StandardCharsets.UTF_8);
            child.awaitEnd(END_SECONDS);
            LoadResult result = H2LoadSummary.parse(output, Files.readString(log));
            rates.put(order.port(), result.perSecond());
            return result;
        } catch (IOException e) {
            throw new BenchException("cannot read what h2load prints: " + e.getMessage(), e);
        } finally {
            workspace.stop(child);
        }
    }

    /** As many for each stream, so that all of them end together. */
    private long requests(LoadOrder order, int streams) {
        int streamMillis = order.load().lane().engines().streamMillis();
        double inAll = streamMillis > 0
                ? order.seconds() * 1_000 / streamMillis * streams
                : order.seconds() * rates.getOrDefault(order.port(), FIRST_RATE);
        return streams * Math.max(1, Math.round(inAll / streams));
    }
}
