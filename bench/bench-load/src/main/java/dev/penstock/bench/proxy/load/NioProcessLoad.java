package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Load made by {@link NioLoadMain} in one process that lives as long as the workspace. */
public final class NioProcessLoad implements LoadGenerator {
    private final Child child;
    private final BufferedReader results;

    private NioProcessLoad(Child child) {
        this.child = child;
        this.results = new BufferedReader(new InputStreamReader(child.output(), StandardCharsets.US_ASCII));
    }

    /** Starts the process. */
    public static NioProcessLoad start(CpuLayout layout, Workspace workspace) {
        List<String> command = List.of(
                Programs.java().toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                NioLoadMain.class.getName());
        ChildSpec spec =
                new ChildSpec("load-generator", layout.onLoadCpu(command), workspace.folder(), Map.of(), true);
        return new NioProcessLoad(workspace.start(spec));
    }

    @Override
    public String name() {
        return "built-in";
    }

    @Override
    public LoadResult run(LoadOrder order) {
        try {
            child.input().write((order.line() + "\n").getBytes(StandardCharsets.US_ASCII));
            child.input().flush();
            String line = results.readLine();
            if (line == null) {
                throw new BenchException("the load generator ended" + child.tail());
            }
            return LoadResult.parse(line);
        } catch (IOException e) {
            throw new BenchException("the load generator broke: " + e.getMessage() + child.tail(), e);
        }
    }
}
