package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.EngineGroup;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the engines listen on the loopback interface.
 *
 * @param groups the ports of each group that runs, in the order of {@link EngineGroup}
 */
record EnginePorts(Map<EngineGroup, List<Integer>> groups) {
    EnginePorts {
        groups = new EnumMap<>(groups);
    }

    /** The groups that run. */
    Set<EngineGroup> running() {
        return groups.keySet();
    }

    /** The ports of {@code group}; none if it does not run. */
    List<Integer> of(EngineGroup group) {
        return groups.getOrDefault(group, List.of());
    }
}
