package dev.penstock.core.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/**
 * A setting: its name, how it is read, and what it is when nobody says anything.
 *
 * @param <T> type of its value
 * @param name lower case words with dots and dashes, for example {@code timeouts.first-byte}
 * @param defaultText the text that holds by default
 * @param read reads a text; throws {@link IllegalArgumentException} with what is expected
 * @param live whether a change takes effect without a restart
 * @param description one sentence for a person, with the unit
 * @param secret whether its value is shown to nobody
 */
public record Setting<T>(String name, String defaultText, Function<String, T> read, boolean live, String description,
        boolean secret) {

    /** How the environment variables of all settings begin. */
    public static final String VARIABLE_PREFIX = "PENSTOCK_";

    /** A setting that is secret where its name says so: that of a password. */
    public Setting(String name, String defaultText, Function<String, T> read, boolean live, String description) {
        this(name, defaultText, read, live, description, name.endsWith(".password"));
    }

    /** A text. */
    public static Setting<String> text(String name, String defaultText, boolean live, String description) {
        return new Setting<>(name, defaultText, String::trim, live, description);
    }

    /** A whole number within bounds. */
    public static Setting<Integer> integer(String name, int defaultValue, int least, int most, boolean live,
            String description) {
        return new Setting<>(name, Integer.toString(defaultValue), text -> bounded(text, least, most), live,
                description);
    }

    /** Whether something is done: {@code true} or {@code false}. */
    public static Setting<Boolean> flag(String name, boolean defaultValue, boolean live, String description) {
        return new Setting<>(name, Boolean.toString(defaultValue), Setting::yesOrNo, live, description);
    }

    /** A time, in nanoseconds. */
    public static Setting<Long> duration(String name, String defaultText, boolean live, String description) {
        return new Setting<>(name, defaultText, Durations::nanos, live, description);
    }

    /** A number of bytes. */
    public static Setting<Long> size(String name, String defaultText, boolean live, String description) {
        return new Setting<>(name, defaultText, Sizes::bytes, live, description);
    }

    /** One of the constants of an enum, in lower case with dashes. */
    public static <E extends Enum<E>> Setting<E> choice(String name, E defaultValue, boolean live, String description) {
        Class<E> type = defaultValue.getDeclaringClass();
        return new Setting<>(name, word(defaultValue), text -> constant(type, text), live, description);
    }

    /** The name of its environment variable, for example {@code PENSTOCK_TIMEOUTS_FIRST_BYTE}. */
    public String variable() {
        return VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static boolean yesOrNo(String text) {
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected: true or false");
        };
    }

    private static int bounded(String text, int least, int most) {
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("expected: a whole number from " + least + " to " + most);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(text.trim())) {
                return constant;
            }
        }
        throw new IllegalArgumentException("expected: one of "
                + String.join(", ", Arrays.stream(type.getEnumConstants()).map(Setting::word).toList()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
