package dev.penstock.bench.routing;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A strategy and how it is set.
 *
 * @param label how it is called in the table
 * @param expression what requests are routed by
 * @param settings what differs from the defaults: values by {@code <strategy>.<name>}
 * @param capacityKnown whether engines tell how large their KV caches are; else routers take them to be without bound
 */
record Strategy(String label, String expression, Map<String, String> settings, boolean capacityKnown) {

    private static final String UNBOUNDED_TOKENS = "1000000000";

    static Strategy of(String name) {
        return new Strategy(name, name, Map.of(), true);
    }

    /** Several that are weighed together; settings of the parts are not told apart by it. */
    static Strategy weighed(String label, String expression) {
        return new Strategy(label, expression, Map.of(), true);
    }

    /** The same with other settings, in pairs of name and value. */
    Strategy with(String note, String... pairs) {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        for (int i = 0; i < pairs.length; i += 2) {
            changed.put(expression + "." + pairs[i], pairs[i + 1]);
        }
        return new Strategy(label + " " + note, expression, changed, capacityKnown);
    }

    /** The same with views that never evict, as routers have them that do not ask engines for their capacity. */
    Strategy unbounded() {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        changed.put("prefix-match.capacity-tokens", UNBOUNDED_TOKENS);
        changed.put("prefix-match.index-bytes", UNBOUNDED_TOKENS);
        return new Strategy(label + ", unbounded", expression, changed, false);
    }

    /** The settings of a strategy's routers. */
    Map<String, String> settings(String provider) {
        Map<String, String> own = new LinkedHashMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(provider + ".")) {
                own.put(name.substring(provider.length() + 1), value);
            }
        });
        return own;
    }
}
