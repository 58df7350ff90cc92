package dev.penstock.cache.keys;

import dev.penstock.cache.discovery.FileError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A file of keys: one key in a line, as {@link KeyJson} has it. Empty lines, and those that begin with {@code #}, are a
 * person's. Lines, so that to add or take away a key leaves the others as they are. Holds no state.
 */
final class KeyLines {
    private static final int MOST_ERRORS = 50;

    private KeyLines() {}

    /**
     * Reads the keys.
     *
     * @param name of the file, for errors
     * @param errors takes what is wrong; what is returned is of no use then
     * @return by id, in the order of their lines
     */
    static Map<String, KeyEntry> read(String text, String name, Consumer<FileError> errors) {
        Map<String, KeyEntry> entries = new LinkedHashMap<>();
        List<String> lines = text.lines().toList();
        int wrong = 0;
        for (int i = 0; i < lines.size() && wrong < MOST_ERRORS; i++) {
            if (!holdsKey(lines.get(i))) {
                continue;
            }
            try {
                KeyEntry entry = KeyJson.read(lines.get(i));
                if (entries.put(entry.key().id(), entry) != null) {
                    throw new IllegalArgumentException("id: " + entry.key().id() + " is there twice");
                }
            } catch (IllegalArgumentException e) {
                errors.accept(new FileError(name, i + 1, 1, String.valueOf(e.getMessage())));
                wrong++;
            }
        }
        return entries;
    }

    /** The text with one more line. */
    static String with(String text, KeyEntry entry) {
        String end = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
        return text + end + KeyJson.write(entry) + '\n';
    }

    /** The text, which holds no errors, without the line of a key. */
    static String without(String text, String id) {
        StringBuilder rest = new StringBuilder(text.length());
        text.lines().filter(line -> !holdsKey(line) || !KeyJson.read(line).key().id().equals(id))
                .forEach(line -> rest.append(line).append('\n'));
        return rest.toString();
    }

    private static boolean holdsKey(String line) {
        return !line.isBlank() && !line.stripLeading().startsWith("#");
    }
}
