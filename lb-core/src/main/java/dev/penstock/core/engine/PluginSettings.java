package dev.penstock.core.engine;

import dev.penstock.core.config.Durations;
import dev.penstock.spi.SettingSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The settings of one strategy, read and checked. Immutable; any thread. */
public final class PluginSettings {

    private final Map<String, Object> values;

    private PluginSettings(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Reads the settings of a strategy.
     *
     * @param strategy its name
     * @param specs what the provider declares
     * @param given texts from the configuration by name
     * @throws IllegalArgumentException names all that is wrong
     */
    public static PluginSettings read(String strategy, List<SettingSpec> specs, Map<String, String> given) {
        Map<String, Object> values = new HashMap<>();
        List<String> errors = new ArrayList<>();
        for (SettingSpec spec : specs) {
            String text = given.getOrDefault(spec.name(), spec.defaultValue());
            try {
                values.put(spec.name(), value(spec.type(), text));
            } catch (IllegalArgumentException e) {
                errors.add("routers." + strategy + "." + spec.name() + ": " + text + " (expected: "
                        + spec.type().name().toLowerCase(java.util.Locale.ROOT) + ")");
            }
        }
        for (String name : given.keySet()) {
            if (specs.stream().noneMatch(spec -> spec.name().equals(name))) {
                errors.add("routers." + strategy + "." + name + ": unknown setting");
            }
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
        return new PluginSettings(Map.copyOf(values));
    }

    private static Object value(SettingSpec.Type type, String text) {
        return switch (type) {
            case TEXT -> text;
            case INTEGER -> Long.valueOf(text.trim());
            case DECIMAL -> finite(Double.parseDouble(text.trim()));
            case DURATION -> Durations.nanos(text);
            case BOOLEAN -> switch (text.trim()) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException(text);
            };
        };
    }

    private static Double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("not a number that can be reckoned with");
        }
        return value;
    }

    String text(String name) {
        return value(name, String.class);
    }

    long integer(String name) {
        return value(name, Long.class);
    }

    double decimal(String name) {
        return value(name, Double.class);
    }

    boolean flag(String name) {
        return value(name, Boolean.class);
    }

    private <T> T value(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("setting " + name + ": not declared as " + type.getSimpleName());
        }
        return type.cast(value);
    }
}
