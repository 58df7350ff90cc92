package dev.penstock.bench.proxy.target;

import dev.penstock.bench.certificate.Certificate;
import dev.penstock.bench.proxy.load.EngineGroup;
import dev.penstock.bench.proxy.load.Lane;
import dev.penstock.bench.proxy.load.Wire;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Starts Penstock as its distribution does: one process for most of the load, one where the listener speaks TLS, and
 * one with several event loops in front of many engines. Each is its own, so that none is measured with the settings
 * of another.
 */
final class PenstockProcesses {
    private final Workspace workspace;
    private final CpuLayout layout;
    private final Probe probe;
    private final PenstockHome home;
    private final PenstockOptions options;

    PenstockProcesses(Workspace workspace, CpuLayout layout, Probe probe, PenstockHome home, PenstockOptions options) {
        this.workspace = workspace;
        this.layout = layout;
        this.probe = probe;
        this.home = home;
        this.options = options;
    }

    /** Starts what {@code lanes} need, and says where each leads in. */
    Map<Lane, Target.Entry> start(Set<Lane> lanes, EnginePorts engines, @Nullable Certificate certificate) {
        Map<String, List<Lane>> processes = new TreeMap<>();
        for (Lane lane : lanes) {
            processes.computeIfAbsent(process(lane), name -> new ArrayList<>()).add(lane);
        }
        Map<Lane, Target.Entry> entries = new LinkedHashMap<>();
        processes.forEach((name, ways) -> {
            Set<EngineGroup> groups = EnumSet.noneOf(EngineGroup.class);
            ways.forEach(lane -> groups.add(lane.engines()));
            boolean tls = ways.getFirst().wire() == Wire.TLS;
            Target.Entry entry = start(
                    name, PenstockConfig.render(engines, groups, options.strategy(), tls ? certificate : null));
            ways.forEach(lane -> entries.put(lane, entry));
        });
        return entries;
    }

    private static String process(Lane lane) {
        if (lane.wire() == Wire.TLS) {
            return ProxyKind.PENSTOCK.id() + "-tls";
        }
        return ProxyKind.PENSTOCK.id() + (lane.engines() == EngineGroup.MANY ? "-many" : "");
    }

    private Target.Entry start(String name, String text) {
        List<Integer> free = Workspace.freePorts(2);
        int port = free.getFirst();
        int adminPort = free.getLast();
        Path config = workspace.write(name + ".yaml", text);
        List<String> command = new ArrayList<>();
        command.add(Programs.java().toString());
        command.add("@" + home.jvmOptions());
        command.addAll(options.jvmOptions());
        command.add("-D" + PenstockHome.PROPERTY + "=" + home.folder());
        command.addAll(List.of("-cp", home.classPath(), "dev.penstock.server.main.PenstockMain", "serve"));
        command.addAll(List.of("--config", config.toString()));
        command.addAll(List.of("--port", Integer.toString(port), "--admin-port", Integer.toString(adminPort)));
        Child child = workspace.start(new ChildSpec(
                name,
                layout.onProxyCpu(command),
                workspace.folder(),
                Map.of(PenstockHome.VARIABLE, home.folder().toString()),
                false));
        probe.awaitReady(name, adminPort, "/readyz");
        return new Target.Entry(port, child, adminPort);
    }
}
