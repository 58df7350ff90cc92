package dev.penstock.spi;

/**
 * A setting that a plugin reads. The configuration is checked against it before anything starts.
 *
 * @param name name below {@code routers.<strategy>.}; lower case letters, digits, dashes and dots
 * @param type how the text is read
 * @param defaultValue the text that holds where the configuration has none; one that its type can read
 * @param description one sentence for a person, with the unit
 */
public record SettingSpec(String name, Type type, String defaultValue, String description) {

    /** How the text of a setting is read. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** A whole number. */
        INTEGER,
        /** A number. */
        DECIMAL,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** A time such as {@code 250ms}, {@code 5s}, {@code 2m}; read as nanoseconds. */
        DURATION
    }
}
