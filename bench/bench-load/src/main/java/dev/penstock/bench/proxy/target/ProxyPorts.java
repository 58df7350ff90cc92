package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.Lane;
import dev.penstock.bench.proxy.process.Workspace;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a proxy listens on the loopback interface: a port for each way through it, with the settings it wants.
 *
 * @param lanes by way, in the order in which they are configured
 */
record ProxyPorts(Map<Lane, Integer> lanes) {
    ProxyPorts {
        lanes = new LinkedHashMap<>(lanes);
    }

    /** Ports that were free a moment ago. */
    static ProxyPorts free(Collection<Lane> lanes) {
        Iterator<Integer> free = Workspace.freePorts(lanes.size()).iterator();
        Map<Lane, Integer> ports = new LinkedHashMap<>();
        lanes.forEach(lane -> ports.put(lane, free.next()));
        return new ProxyPorts(ports);
    }
}
