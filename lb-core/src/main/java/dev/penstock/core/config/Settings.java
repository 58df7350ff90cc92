package dev.penstock.core.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of all settings, and where each came from: default, then file, then environment, then flag. Concluded
 * once; immutable; any thread.
 */
public final class Settings {

    /** Who said so. */
    public enum Origin {
        /** Nobody: the default. */
        DEFAULT,
        /** The configuration file. */
        FILE,
        /** An environment variable. */
        ENVIRONMENT,
        /** A flag of the command line, or the caller of the embedding API. */
        FLAG
    }

    /**
     * A value as it was said.
     *
     * @param text the text
     * @param where the line, variable or flag, for a person
     */
    public record Source(String text, String where) {}

    /**
     * A setting with its value.
     *
     * @param setting the setting
     * @param value its value
     * @param text the text that it was read from
     * @param origin who said so
     * @param where the line, variable or flag, for a person; empty for a default as it was declared
     */
    public record Entry(Setting<?> setting, Object value, String text, Origin origin, String where) {}

    private final Map<String, Entry> entries;

    private Settings(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /**
     * Concludes the settings.
     *
     * @param known all settings that there are
     * @param file what the file says, by name
     * @param environment what the environment says, by name of the setting
     * @param flags what the flags say, by name
     * @throws InvalidSettingsException names everything that is wrong
     */
    public static Settings conclude(Collection<? extends Setting<?>> known, Map<String, Source> file,
            Map<String, Source> environment, Map<String, Source> flags) {
        return conclude(known, Map.of(), file, environment, flags);
    }

    /**
     * Concludes the settings where some of them have another default than they were declared with.
     *
     * @param known all settings that there are
     * @param defaults other defaults, by name, with who says so
     * @param file what the file says, by name
     * @param environment what the environment says, by name of the setting
     * @param flags what the flags say, by name
     * @throws InvalidSettingsException names everything that is wrong
     */
    public static Settings conclude(Collection<? extends Setting<?>> known, Map<String, Source> defaults,
            Map<String, Source> file, Map<String, Source> environment, Map<String, Source> flags) {
        List<String> errors = new ArrayList<>();
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Setting<?> setting : known) {
            Entry otherwise = byDefault(setting, defaults.get(setting.name()));
            entries.put(setting.name(), entry(otherwise, file, environment, flags, errors));
        }
        for (Map<String, Source> sources : List.of(file, environment, flags)) {
            sources.forEach((name, source) -> {
                if (!entries.containsKey(name)) {
                    errors.add(source.where() + ": unknown setting " + name
                            + closest(name, names(name, known)));
                }
            });
        }
        if (!errors.isEmpty()) {
            throw new InvalidSettingsException(errors);
        }
        return new Settings(entries);
    }

    private static Entry byDefault(Setting<?> setting, @Nullable Source other) {
        String text = other == null ? setting.defaultText() : other.text();
        return new Entry(setting, setting.read().apply(text), text, Origin.DEFAULT, other == null ? "" : other.where());
    }

    private static Entry entry(Entry otherwise, Map<String, Source> file, Map<String, Source> environment,
            Map<String, Source> flags, List<String> errors) {
        Setting<?> setting = otherwise.setting();
        Origin origin = Origin.FLAG;
        Source source = flags.get(setting.name());
        if (source == null) {
            origin = Origin.ENVIRONMENT;
            source = environment.get(setting.name());
        }
        if (source == null) {
            origin = Origin.FILE;
            source = file.get(setting.name());
        }
        if (source == null) {
            return otherwise;
        }
        Object value = "";
        try {
            value = setting.read().apply(source.text());
        } catch (IllegalArgumentException e) {
            errors.add(source.where() + ": " + setting.name() + (setting.secret() ? "" : ": " + source.text()) + " ("
                    + e.getMessage() + ")");
        }
        return new Entry(setting, value, source.text(), origin, source.where());
    }

    // An unknown variable comes under its own name; what it was meant to be is a variable too.
    private static List<String> names(String like, Collection<? extends Setting<?>> known) {
        boolean variable = like.startsWith(Setting.VARIABLE_PREFIX);
        return known.stream().map(setting -> variable ? setting.variable() : setting.name()).toList();
    }

    /** What may have been meant by a name that is not known, as the end of a message; empty where nothing is close. */
    public static String closest(String name, Collection<String> known) {
        String best = null;
        int least = 4;
        for (String candidate : known) {
            int distance = EditDistance.between(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best == null ? "" : " (did you mean " + best + "?)";
    }

    /** These settings with the live ones as they are in others: what holds after a change without a restart. */
    public Settings withLiveOf(Settings changed) {
        Map<String, Entry> merged = new LinkedHashMap<>(entries);
        merged.replaceAll((name, entry) -> entry.setting().live() ? changed.entries.getOrDefault(name, entry) : entry);
        return new Settings(merged);
    }

    /** The value of a setting. */
    @SuppressWarnings("unchecked") // entries are made by the setting's own reader
    public <T> T get(Setting<T> setting) {
        Entry entry = entries.get(setting.name());
        if (entry == null) {
            throw new IllegalArgumentException("not concluded: " + setting.name());
        }
        return (T) entry.value();
    }

    /** All settings, in the order in which they are declared. */
    public Collection<Entry> entries() {
        return entries.values();
    }

    /** One setting by name, or null. */
    public @Nullable Entry entry(String name) {
        return entries.get(name);
    }
}
