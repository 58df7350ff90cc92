package dev.penstock.routers.load;

import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Tells what stood in for figures that were missing: counts it as {@code substituted_<what>}, and notes it for the
 * client that wants to know. Confined to one thread.
 */
final class Substitutes {

    private record Told(RouterEnvironment.Counter counter, String note) {}

    private final Map<String, Told> told = new HashMap<>();

    /** For a strategy whose figures can be stood in for by these. */
    Substitutes(RouterEnvironment environment, String strategy, List<String> names) {
        for (String name : names) {
            told.put(name, new Told(environment.counter("substituted_" + name), strategy + "=" + name));
        }
    }

    /** This has stood in for what was missing. */
    void tell(RoutingContext context, String name) {
        Told substitute = Objects.requireNonNull(told.get(name), name);
        substitute.counter().increment();
        context.note(substitute.note());
    }
}
