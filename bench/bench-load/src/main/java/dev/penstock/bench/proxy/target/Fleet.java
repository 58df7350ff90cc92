package dev.penstock.bench.proxy.target;

import dev.penstock.bench.certificate.Certificate;
import dev.penstock.bench.proxy.load.EngineGroup;
import dev.penstock.bench.proxy.load.Lane;
import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.Wire;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts the engines and, in front of them, what is to be measured. Used by the benchmark's thread. */
public final class Fleet {
    private final Workspace workspace;
    private final CpuLayout layout;
    private final Probe probe;
    private final Collection<LoadCase> cases;
    private final Set<Lane> lanes = new LinkedHashSet<>();
    private final EnginePorts engines;
    private final Consumer<String> notices;
    private final @Nullable Certificate certificate;

    /**
     * Starts the engines that {@code cases} need.
     *
     * @param notices takes one line for each thing that is missing
     */
    public Fleet(Workspace workspace, CpuLayout layout, Probe probe, Collection<LoadCase> cases,
            Consumer<String> notices) {
        this.workspace = workspace;
        this.layout = layout;
        this.probe = probe;
        this.cases = List.copyOf(cases);
        this.notices = notices;
        cases.forEach(load -> lanes.add(load.lane()));
        Set<EngineGroup> groups = EnumSet.noneOf(EngineGroup.class);
        lanes.forEach(lane -> groups.add(lane.engines()));
        this.engines = Engines.start(workspace, layout, probe, groups);
        this.certificate = lanes.stream().anyMatch(lane -> lane.wire() == Wire.TLS)
                ? Certificate.make(workspace.folder(), "bench")
                : null;
    }

    /** Counts what the engines behind {@code load} saw of connections. */
    public EngineConnections connections(LoadCase load) {
        return new EngineConnections(probe, engines.of(load.lane().engines()));
    }

    /**
     * Starts what is installed of {@code kinds}, in that order, and waits until each serves.
     *
     * @param connections most connections that will be used at once
     */
    public List<Target> targets(List<ProxyKind> kinds, int connections, PenstockOptions options) {
        List<Target> targets = new ArrayList<>();
        for (ProxyKind kind : kinds) {
            Target target = switch (kind) {
                case DIRECT -> direct();
                case NGINX -> nginx(connections);
                case HAPROXY -> haproxy(connections);
                case PENSTOCK -> penstock(options);
            };
            if (target != null) {
                cases.stream().filter(target::takes).forEach(load -> await(target, load));
                targets.add(target);
            }
        }
        return List.copyOf(targets);
    }

    private void await(Target target, LoadCase load) {
        int port = target.entry(load).port();
        if (load.lane().wire() == Wire.PLAIN) {
            probe.awaitServing(target.kind().id(), port, load);
        } else {
            probe.awaitListening(target.kind().id(), port);
        }
    }

    /** The first engine of a group; engines speak nothing but plain HTTP/1.1, and one does not stand for many. */
    private Target direct() {
        Map<Lane, Target.Entry> entries = new LinkedHashMap<>();
        for (Lane lane : lanes) {
            if (lane.wire() == Wire.PLAIN && lane.engines() != EngineGroup.MANY) {
                entries.put(lane, new Target.Entry(engines.of(lane.engines()).getFirst(), null, 0));
            }
        }
        return new Target(ProxyKind.DIRECT, entries);
    }

    private @Nullable Target nginx(int connections) {
        Path program = installed(ProxyKind.NGINX);
        if (program == null) {
            return null;
        }
        ProxyPorts ports = ProxyPorts.free(lanes);
        boolean root = "root".equals(System.getProperty("user.name"));
        Path config = workspace.write(
                "nginx.conf", NginxConfig.render(ports, engines, connections, certificate, root));
        return proxy(
                ProxyKind.NGINX,
                ports,
                List.of(program.toString(), "-p", workspace.folder() + "/", "-e", "stderr", "-c", config.toString()));
    }

    private @Nullable Target haproxy(int connections) {
        Path program = installed(ProxyKind.HAPROXY);
        if (program == null) {
            return null;
        }
        ProxyPorts ports = ProxyPorts.free(lanes);
        Path config = workspace.write(
                "haproxy.cfg", HaproxyConfig.render(ports, engines, connections, certificateAndKey()));
        return proxy(ProxyKind.HAPROXY, ports, List.of(program.toString(), "-db", "-f", config.toString()));
    }

    private @Nullable Path certificateAndKey() {
        try {
            return certificate == null ? null : workspace.write("bench.pem", certificate.both());
        } catch (IOException e) {
            throw new BenchException("cannot read the certificate: " + e.getMessage(), e);
        }
    }

    private @Nullable Target penstock(PenstockOptions options) {
        PenstockHome home = PenstockHome.find();
        if (home == null) {
            notices.accept("penstock is not built (no deploy/target/penstock, no " + PenstockHome.VARIABLE
                    + "): its rows are left out");
            return null;
        }
        return new Target(ProxyKind.PENSTOCK, new PenstockProcesses(workspace, layout, probe, home, options)
                .start(lanes, engines, certificate));
    }

    private Target proxy(ProxyKind kind, ProxyPorts ports, List<String> command) {
        Child child = workspace.start(ChildSpec.of(kind.id(), layout.onProxyCpu(command), workspace.folder()));
        Map<Lane, Target.Entry> entries = new LinkedHashMap<>();
        ports.lanes().forEach((lane, port) -> entries.put(lane, new Target.Entry(port, child, 0)));
        return new Target(kind, entries);
    }

    private @Nullable Path installed(ProxyKind kind) {
        Path program = Programs.find(kind.id());
        if (program == null) {
            notices.accept(kind.id() + " is not installed: its rows and the ratios to it are left out");
        }
        return program;
    }
}
