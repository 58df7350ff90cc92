package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.EngineGroup;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The engines that every target is in front of: simulators that answer without computing. */
final class Engines {
    /** Longer than a target waits for its next turn: reopening connections is not what is measured. */
    private static final int KEEP_ALIVE_SECONDS = 300;
    private static final Pattern LISTENING = Pattern.compile("listening on http://[^\\s/]*:(\\d+)");

    private Engines() {
    }

    /** Starts the engines on the core of the load, waits until they answer, and returns where they listen. */
    static EnginePorts start(Workspace workspace, CpuLayout layout, Probe probe, Set<EngineGroup> groups) {
        Map<EngineGroup, Child> processes = new EnumMap<>(EngineGroup.class);
        groups.forEach(group -> processes.put(group, start(workspace, layout, group)));
        Map<EngineGroup, List<Integer>> ports = new EnumMap<>(EngineGroup.class);
        processes.forEach((group, engines) -> {
            probe.await(engines.name(), () -> listening(engines.printed()).size() == group.count());
            List<Integer> listening = listening(engines.printed());
            // One loop serves all of them.
            probe.awaitReady(engines.name(), listening.getLast(), "/health");
            ports.put(group, listening);
        });
        return new EnginePorts(ports);
    }

    private static Child start(Workspace workspace, CpuLayout layout, EngineGroup group) {
        List<String> command = new ArrayList<>(List.of(
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
                Integer.toString(group.count()),
                "--port",
                "0",
                "--model",
                group.model(),
                "--instant",
                group.answer()));
        if (!group.closesIdle()) {
            command.addAll(
                    List.of("--keep-alive", Integer.toString(KEEP_ALIVE_SECONDS), "--announce-keep-alive"));
        }
        return workspace.start(
                ChildSpec.of("engines-" + group.id(), layout.onLoadCpu(command), workspace.folder()));
    }

    /** The ports in lines such as {@code sim-0 listening on http://127.0.0.1:40123}. */
    static List<Integer> listening(String printed) {
        return LISTENING.matcher(printed)
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
    }
}
