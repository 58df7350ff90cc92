package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.LoadCase;
import java.util.List;
import java.util.stream.Collectors;

/** How Penstock is set up: a model for each group of engines, on the loopback interface; all else is its defaults. */
final class PenstockConfig {
    private static final String TEMPLATE = """
            models:
              - name: {json-model}
                endpoints: [{json-engines}]
              - name: {sse-model}
                endpoints: [{sse-engines}]
            listen:
              host: 127.0.0.1
            routing:
              strategy: {strategy}
            """;

    private PenstockConfig() {
    }

    /** The text of the configuration file for {@code engines} with the routing {@code strategy}. */
    static String render(EnginePorts engines, String strategy) {
        return TEMPLATE.replace("{json-model}", LoadCase.JSON_1K.model())
                .replace("{json-engines}", endpoints(engines.json()))
                .replace("{sse-model}", LoadCase.SSE.model())
                .replace("{sse-engines}", endpoints(engines.sse()))
                .replace("{strategy}", strategy);
    }

    private static String endpoints(List<Integer> ports) {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(", "));
    }
}
