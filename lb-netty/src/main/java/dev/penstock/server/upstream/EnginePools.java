package dev.penstock.server.upstream;

import dev.penstock.spi.PodView;
import java.util.Map;

/** The pools that are configured now. Immutable; any thread. */
public final class EnginePools {
    /** The annotation by which a pod names its pool. */
    public static final String ANNOTATION = "penstock.dev/pool";
    /** No pool is configured. */
    public static final EnginePools NONE = new EnginePools(Map.of());

    private final Map<String, EnginePool> byName;

    /** These pools. */
    public EnginePools(Map<String, EnginePool> byName) {
        this.byName = Map.copyOf(byName);
    }

    /** The pool of an endpoint. */
    public EnginePool of(PodView endpoint) {
        String name = endpoint.annotations().get(ANNOTATION);
        return name == null ? EnginePool.PLAIN : byName.getOrDefault(name, EnginePool.UNKNOWN);
    }
}
