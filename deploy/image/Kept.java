import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is known by hand of the libraries, because no class file tells it: {@code kept.txt}, with reasons. */
final class Kept {
    private final List<String> whole = new ArrayList<>();
    private final List<String> byName = new ArrayList<>();
    private final List<String> weak = new ArrayList<>();
    private final List<String> never = new ArrayList<>();

    /** Reads a file: a word and a name on each line, comments after {@code #}. */
    static Kept read(Path file) throws IOException {
        Kept kept = new Kept();
        for (String line : Files.readAllLines(file)) {
            String rule = line.replaceFirst("#.*", "").strip();
            if (rule.isEmpty()) {
                continue;
            }
            String[] words = rule.split("\\s+");
            if (words.length != 2) {
                throw new IllegalArgumentException(file + ": expected a word and a name: " + line);
            }
            switch (words[0]) {
                case "whole" -> kept.whole.add(words[1].replace('.', '/'));
                case "by-name" -> kept.byName.add(words[1].replace('.', '/'));
                case "weak" -> kept.weak.add(words[1]);
                case "never" -> kept.never.add(words[1]);
                default -> throw new IllegalArgumentException(
                        file + ": expected whole, by-name, weak or never: " + line);
            }
        }
        return kept;
    }

    /** Whether a class, its name with slashes, is kept with all that it has. */
    boolean whole(String name) {
        return whole.stream().anyMatch(pattern -> matches(pattern, name));
    }

    /** Whether the methods of a class are called by name, whatever the descriptor. */
    boolean byName(String name) {
        return byName.stream().anyMatch(pattern -> matches(pattern, name));
    }

    /** Whether a service, its name with dots, is a list of what there may be, and no need. */
    boolean weak(String service) {
        return weak.contains(service);
    }

    /** Whether a method, its class with slashes, is never called. */
    boolean never(String owner, String name) {
        return never.contains(owner.replace('/', '.') + "." + name);
    }

    /** The methods that are never called, by their full names. */
    List<String> never() {
        return List.copyOf(never);
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*") ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
