package dev.penstock.core.engine;

import dev.penstock.core.config.Durations;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.spi.SettingSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        Map<String, Source> sources = new HashMap<>();
        given.forEach((name, text) -> sources.put(name, new Source(text, "")));
        List<String> errors = new ArrayList<>();
        PluginSettings settings = read(strategy, specs, sources, errors);
        if (settings == null) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
        return settings;
    }

    /**
     * Reads the settings of a strategy.
     *
     * @param strategy its name
     * @param specs what the provider declares
     * @param given what the configuration says, by name
     * @param errors gets a sentence, with the line, for each thing that is wrong with what is given
     * @return null where something is
     * @throws IllegalArgumentException where a default cannot be read, which is the provider's fault
     */
    public static @Nullable PluginSettings read(String strategy, List<SettingSpec> specs, Map<String, Source> given,
            List<String> errors) {
        Map<String, Object> values = new HashMap<>();
        int before = errors.size();
        String prefix = "routers." + strategy + ".";
        for (SettingSpec spec : specs) {
            Source source = given.get(spec.name());
            String text = source == null ? spec.defaultValue() : source.text();
            try {
                values.put(spec.name(), value(spec.type(), text));
            } catch (IllegalArgumentException e) {
                String error = prefix + spec.name() + ": " + text + " (expected: "
                        + spec.type().name().toLowerCase(Locale.ROOT) + ")";
                if (source == null) {
                    throw new IllegalArgumentException("default of " + error, e);
                }
                errors.add(where(source) + error);
            }
        }
        given.forEach((name, source) -> {
            if (specs.stream().noneMatch(spec -> spec.name().equals(name))) {
                errors.add(where(source) + prefix + name + ": unknown setting" + known(specs));
            }
        });
        return errors.size() > before ? null : new PluginSettings(Map.copyOf(values));
    }

    private static String where(Source source) {
        return source.where().isEmpty() ? "" : source.where() + ": ";
    }

    private static String known(List<SettingSpec> specs) {
        return specs.isEmpty() ? " (it has none)"
                : " (expected: " + String.join(", ", specs.stream().map(SettingSpec::name).toList()) + ")";
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

    /**
     * Value of a setting of type TEXT.
     *
     * @throws IllegalArgumentException where the provider has not declared it so
     */
    public String text(String name) {
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
