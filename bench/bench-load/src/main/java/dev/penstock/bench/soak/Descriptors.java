package dev.penstock.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The open descriptors of this process at one time. Nothing where the system does not tell.
 *
 * @param targets what each of them is, by its number
 */
record Descriptors(Map<String, String> targets) {
    private static final Path OWN = Path.of("/proc/self/fd");
    private static final Path NET = Path.of("/proc/self/net");

    static Descriptors now() {
        Map<String, String> targets = new TreeMap<>();
        if (Files.isDirectory(OWN)) {
            try (Stream<Path> links = Files.list(OWN)) {
                links.forEach(link -> targets.put(String.valueOf(link.getFileName()), target(link)));
            } catch (IOException e) {
                return new Descriptors(Map.of());
            }
        }
        // The one that the list itself was read with is among them.
        targets.values().removeIf(target -> target.startsWith("/proc/") || target.isEmpty());
        return new Descriptors(targets);
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    int count() {
        return targets.size();
    }

    /** Those that were not there before, as a person wants to know them. */
    List<String> since(Descriptors before) {
        return targets.entrySet().stream().filter(entry -> !entry.getValue().equals(before.targets.get(entry.getKey())))
                .map(entry -> entry.getValue() + network(entry.getValue())).toList();
    }

    /** What the system knows of a socket. */
    private static String network(String target) {
        if (!target.startsWith("socket:[")) {
            return "";
        }
        String inode = " " + target.substring("socket:[".length(), target.length() - 1) + " ";
        for (String table : List.of("tcp", "tcp6", "udp", "udp6", "unix")) {
            try (Stream<String> lines = Files.lines(NET.resolve(table))) {
                String found = lines.filter(line -> (line + " ").contains(inode)).findFirst().orElse("");
                if (!found.isEmpty()) {
                    return " (" + table + found.strip().replaceAll(" +", " ") + ")";
                }
            } catch (IOException noSuchTable) {
                // Then it is in another one.
            }
        }
        return " (in no table)";
    }
}
