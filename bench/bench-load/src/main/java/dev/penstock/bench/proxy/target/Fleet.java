package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.process.Child;
import dev.penstock.bench.proxy.process.ChildSpec;
import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts the engines and, in front of them, what is to be measured. Used by the benchmark's thread. */
public final class Fleet {
    private final Workspace workspace;
    private final CpuLayout layout;
    private final Probe probe;
    private final EnginePorts engines;
    private final int connections;
    private final Consumer<String> notices;

    private Fleet(
            Workspace workspace, CpuLayout layout, Probe probe, int connections, Consumer<String> notices) {
        this.workspace = workspace;
        this.layout = layout;
        this.probe = probe;
        this.connections = connections;
        this.notices = notices;
        this.engines = Engines.start(workspace, layout, probe);
    }

    /**
     * Starts engines.
     *
     * @param connections most connections that will be used at once
     * @param notices takes one line for each thing that is missing
     */
    public static Fleet start(
            Workspace workspace, CpuLayout layout, Probe probe, int connections, Consumer<String> notices) {
        return new Fleet(workspace, layout, probe, connections, notices);
    }

    /** Starts what is installed of {@code kinds}, in that order, and waits until each serves. */
    public List<Target> targets(List<ProxyKind> kinds, PenstockOptions options) {
        List<Target> targets = new ArrayList<>();
        for (ProxyKind kind : kinds) {
            Target target = switch (kind) {
                case DIRECT -> new Target(kind, engines.first(LoadCase.JSON_1K), engines.first(LoadCase.SSE), null, 0);
                case NGINX -> nginx();
                case HAPROXY -> haproxy();
                case PENSTOCK -> penstock(options);
            };
            if (target != null) {
                for (LoadCase load : LoadCase.values()) {
                    probe.awaitServing(kind.id(), target.port(load), load);
                }
                targets.add(target);
            }
        }
        return List.copyOf(targets);
    }

    private @Nullable Target nginx() {
        Path program = installed(ProxyKind.NGINX);
        if (program == null) {
            return null;
        }
        ProxyPorts ports = freePorts();
        boolean root = "root".equals(System.getProperty("user.name"));
        Path config = workspace.write("nginx.conf", NginxConfig.render(ports, engines, connections, root));
        Child child = startProxy(
                ProxyKind.NGINX,
                List.of(program.toString(), "-p", workspace.folder() + "/", "-e", "stderr", "-c", config.toString()));
        return new Target(ProxyKind.NGINX, ports.json(), ports.sse(), child, 0);
    }

    private @Nullable Target haproxy() {
        Path program = installed(ProxyKind.HAPROXY);
        if (program == null) {
            return null;
        }
        ProxyPorts ports = freePorts();
        Path config = workspace.write("haproxy.cfg", HaproxyConfig.render(ports, engines, connections));
        Child child = startProxy(ProxyKind.HAPROXY, List.of(program.toString(), "-db", "-f", config.toString()));
        return new Target(ProxyKind.HAPROXY, ports.json(), ports.sse(), child, 0);
    }

    private @Nullable Target penstock(PenstockOptions options) {
        PenstockHome home = PenstockHome.find();
        if (home == null) {
            notices.accept("penstock is not built (no deploy/target/penstock, no " + PenstockHome.VARIABLE
                    + "): its rows are left out");
            return null;
        }
        List<Integer> free = Workspace.freePorts(2);
        int port = free.getFirst();
        int adminPort = free.getLast();
        Path config = workspace.write("penstock.yaml", PenstockConfig.render(engines, options.strategy()));
        List<String> command = new ArrayList<>();
        command.add(Programs.java().toString());
        command.add("@" + home.jvmOptions());
        command.addAll(options.jvmOptions());
        command.add("-D" + PenstockHome.PROPERTY + "=" + home.folder());
        command.addAll(List.of("-cp", home.classPath(), "dev.penstock.server.main.PenstockMain", "serve"));
        command.addAll(List.of("--config", config.toString()));
        command.addAll(List.of("--port", Integer.toString(port), "--admin-port", Integer.toString(adminPort)));
        Child child = workspace.start(new ChildSpec(
                ProxyKind.PENSTOCK.id(),
                layout.onProxyCpu(command),
                workspace.folder(),
                Map.of(PenstockHome.VARIABLE, home.folder().toString()),
                false));
        probe.awaitReady(ProxyKind.PENSTOCK.id(), adminPort, "/readyz");
        return new Target(ProxyKind.PENSTOCK, port, port, child, adminPort);
    }

    private Child startProxy(ProxyKind kind, List<String> command) {
        return workspace.start(ChildSpec.of(kind.id(), layout.onProxyCpu(command), workspace.folder()));
    }

    private @Nullable Path installed(ProxyKind kind) {
        Path program = Programs.find(kind.id());
        if (program == null) {
            notices.accept(kind.id() + " is not installed: its rows and the ratios to it are left out");
        }
        return program;
    }

    private static ProxyPorts freePorts() {
        List<Integer> free = Workspace.freePorts(2);
        return new ProxyPorts(free.getFirst(), free.getLast());
    }
}
