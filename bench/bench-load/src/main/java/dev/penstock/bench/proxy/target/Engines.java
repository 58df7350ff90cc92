package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import java.util.List;
import java.util.regex.Pattern;

/** The engines that every target is in front of: simulators that answer without computing. */
final class Engines {
    private static final int COUNT = 4;
    /** Longer than a target waits for its next turn: reopening connections is not what is measured. */
    private static final int KEEP_ALIVE_SECONDS = 300;
    private static final Pattern LISTENING = Pattern.compile("listening on http://[^\\s/]*:(\\d+)");

    private Engines() {
    }

    /** Starts the engines on the core of the load, waits until they answer, and returns where they listen. */
    static EnginePorts start(Workspace workspace, CpuLayout layout, Probe probe) {
        Child json = start(workspace, layout, LoadCase.JSON_1K, "json:" + LoadCase.RESPONSE_BYTES);
        Child sse = start(
                workspace, layout, LoadCase.SSE, "sse:" + LoadCase.CHUNKS + ":" + LoadCase.CHUNK_GAP_MILLIS);
        EnginePorts ports = new EnginePorts(ports(json, probe), ports(sse, probe));
        ports.json().forEach(port -> probe.awaitServing(json.name(), port, LoadCase.JSON_1K));
        ports.sse().forEach(port -> probe.awaitServing(sse.name(), port, LoadCase.SSE));
        return ports;
    }

    private static Child start(Workspace workspace, CpuLayout layout, LoadCase load, String answer) {
        List<String> command = List.of(
                Programs.java().toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xms128m",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.penstock.bench.main.ToolsMain",
                "sim",
                "--count",
                Integer.toString(COUNT),
                "--port",
                "0",
                "--model",
                load.model(),
                "--instant",
                answer,
                "--keep-alive",
                Integer.toString(KEEP_ALIVE_SECONDS),
                "--announce-keep-alive");
        String name = "engines-" + load.id();
        return workspace.start(ChildSpec.of(name, layout.onLoadCpu(command), workspace.folder()));
    }

    private static List<Integer> ports(Child engines, Probe probe) {
        probe.await(engines.name(), () -> listening(engines.printed()).size() == COUNT);
        return listening(engines.printed());
    }

    /** The ports in lines such as {@code sim-0 listening on http://127.0.0.1:40123}. */
    static List<Integer> listening(String printed) {
        return LISTENING.matcher(printed)
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
    }
}
