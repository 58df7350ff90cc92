package dev.penstock.bench.proxy.target;

import dev.penstock.bench.certificate.Certificate;
import dev.penstock.bench.proxy.load.EngineGroup;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How Penstock is set up: a model for each group of engines, on the loopback interface; all else is its defaults. */
final class PenstockConfig {
    /** A pool is of one event loop: with several of them it shows what that costs where requests are few. */
    private static final int LOOPS_FOR_MANY = 4;

    private PenstockConfig() {
    }

    /**
     * The text of the configuration file.
     *
     * @param engines where the engines listen
     * @param groups those that it serves
     * @param strategy the routing strategy
     * @param certificate of the listener, or null for one without TLS
     */
    static String render(EnginePorts engines, Collection<EngineGroup> groups, String strategy,
            @Nullable Certificate certificate) {
        StringBuilder config = new StringBuilder("models:\n");
        for (EngineGroup group : groups) {
            config.append("  - name: ").append(group.model()).append("\n    endpoints: [")
                    .append(endpoints(engines.of(group))).append("]\n");
        }
        config.append("listen:\n  host: 127.0.0.1\nrouting:\n  strategy: ").append(strategy).append('\n');
        if (certificate != null) {
            config.append("tls:\n  certificate: ").append(certificate.certificate())
                    .append("\n  key: ").append(certificate.key()).append('\n');
        }
        if (groups.contains(EngineGroup.MANY)) {
            config.append("io:\n  threads: ").append(LOOPS_FOR_MANY).append('\n');
        }
        return config.toString();
    }

    private static String endpoints(List<Integer> ports) {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(", "));
    }
}
