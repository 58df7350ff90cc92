package dev.penstock.server.tls;

import java.nio.file.Path;

/**
 * A file, and which setting names it. Immutable.
 *
 * @param setting for a person, for example {@code tls.key}
 * @param path where it is
 */
public record NamedFile(String setting, Path path) {

    /** One line that says what is wrong with it. */
    public String error(String reason) {
        return setting + ": " + path + ": " + reason;
    }
}
