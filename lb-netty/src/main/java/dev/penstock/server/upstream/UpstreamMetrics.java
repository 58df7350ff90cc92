package dev.penstock.server.upstream;

import dev.penstock.core.port.Metrics;

/** What connections to pods count. Any thread. */
public final class UpstreamMetrics {
    private final Metrics.Count opened;
    private final Metrics.Count closed;
    private final Metrics.Count failed;

    /** Counts into the given metrics. */
    public UpstreamMetrics(Metrics metrics) {
        opened = metrics.counter("penstock_upstream_connections_opened", "Connections to endpoints that stood.");
        closed = metrics.counter("penstock_upstream_connections_closed", "Connections to endpoints that ended.");
        failed = metrics.counter("penstock_upstream_connect_failures", "Connections to endpoints that never stood.");
    }

    /** Connections that stand now. */
    public long open() {
        return opened.value() - closed.value();
    }

    void opened() {
        opened.increment();
    }

    void closed() {
        closed.increment();
    }

    void failed() {
        failed.increment();
    }
}
