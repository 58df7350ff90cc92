package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.process.BenchException;
import java.io.IOException;
import java.util.List;

/** What a group of engines saw of the connections towards them. Used by the benchmark's thread. */
public final class EngineConnections {
    private static final String USED = "sim:connections_used_total";

    private final Probe probe;
    private final List<Integer> ports;

    EngineConnections(Probe probe, List<Integer> ports) {
        this.probe = probe;
        this.ports = List.copyOf(ports);
    }

    /** Connections so far that a request came over, of all engines of the group. */
    public double used() {
        try {
            double used = 0;
            for (int port : ports) {
                used += PenstockMetrics.sum(probe.text(port, "/metrics"), USED, "");
            }
            return used;
        } catch (IOException e) {
            throw new BenchException("an engine does not tell its metrics: " + e.getMessage(), e);
        }
    }
}
