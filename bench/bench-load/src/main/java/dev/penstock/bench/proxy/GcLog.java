package dev.penstock.bench.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast a JVM allocates, told by its log of collections ({@code -Xlog:gc:file=…:uptime}): between two collections
 * the heap grows by what was allocated.
 */
final class GcLog {
    private static final Pattern COLLECTION = Pattern.compile(
            "^\\[(\\d+\\.\\d+)s].*GC\\(\\d+\\).* (\\d+)([KMG])(?:\\(\\d+%\\))?->(\\d+)([KMG])(?:\\(\\d+[KMG%]\\))*.*$");

    private GcLog() {
    }

    /** The collections in {@code text}, in order. */
    static List<Collection> parse(String text) {
        List<Collection> collections = new ArrayList<>();
        text.lines().forEach(line -> {
            Matcher found = COLLECTION.matcher(line);
            if (found.matches()) {
                collections.add(new Collection(
                        Double.parseDouble(found.group(1)),
                        bytes(found.group(2), found.group(3)),
                        bytes(found.group(4), found.group(5))));
            }
        });
        return List.copyOf(collections);
    }

    /** Bytes allocated a second from the first to the last of {@code collections}; NaN for fewer than three. */
    static double bytesPerSecond(List<Collection> collections) {
        if (collections.size() < 3) {
            return Double.NaN;
        }
        long allocated = 0;
        for (int i = 1; i < collections.size(); i++) {
            allocated += collections.get(i).bytesBefore() - collections.get(i - 1).bytesAfter();
        }
        return allocated / (collections.getLast().seconds() - collections.getFirst().seconds());
    }

    private static long bytes(String number, String unit) {
        int shift = switch (unit) {
            case "K" -> 10;
            case "M" -> 20;
            default -> 30;
        };
        return Long.parseLong(number) << shift;
    }

    /**
     * One collection.
     *
     * @param seconds since the JVM started
     * @param bytesBefore of the heap in use when it began
     * @param bytesAfter of the heap in use when it ended
     */
    record Collection(double seconds, long bytesBefore, long bytesAfter) {
    }
}
