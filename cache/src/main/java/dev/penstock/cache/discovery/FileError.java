package dev.penstock.cache.discovery;

/**
 * What is wrong with a file, and where.
 *
 * @param file name of the file
 * @param line its line, from 1; 0 where the file as a whole is meant
 * @param column its column, from 1; 0 where the file as a whole is meant
 * @param reason one sentence
 */
public record FileError(String file, int line, int column, String reason) {

    /** {@code file:line:column: reason}. */
    @Override
    public String toString() {
        return line == 0 ? file + ": " + reason : file + ":" + line + ":" + column + ": " + reason;
    }
}
