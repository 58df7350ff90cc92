package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.target.PenstockOptions;
import dev.penstock.bench.proxy.target.ProxyKind;
import java.util.Collections;
import java.util.List;

/**
 * What one run of the benchmark does.
 *
 * @param cases what is sent, in this order
 * @param connections over how many connections at once, in this order
 * @param proxies what it is sent through, in this order in each round
 * @param effort how much
 * @param penstock how Penstock is set up
 * @param idle whether Penstock is watched doing nothing
 * @param allocation whether what Penstock allocates is measured
 */
record BenchPlan(
        List<LoadCase> cases,
        List<Integer> connections,
        List<ProxyKind> proxies,
        Effort effort,
        PenstockOptions penstock,
        boolean idle,
        boolean allocation) {
    BenchPlan {
        cases = List.copyOf(cases);
        connections = List.copyOf(connections);
        proxies = List.copyOf(proxies);
    }

    /** Over how many connections {@code load} is measured. */
    List<Integer> connections(LoadCase load) {
        return load.atEveryCount() ? connections : List.of(Collections.min(connections));
    }

    /** The most connections used at once. */
    int mostConnections() {
        return connections.stream().mapToInt(Integer::intValue).max().orElse(1);
    }
}
