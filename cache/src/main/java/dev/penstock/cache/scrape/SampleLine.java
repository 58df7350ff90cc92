package dev.penstock.cache.scrape;

import dev.penstock.cache.scrape.FamilyNames.Entry;
import dev.penstock.cache.scrape.FamilyNames.Role;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what stands behind the name of a mapped series: labels, value, and what may follow. Not thread-safe. */
final class SampleLine {

    private static final byte[] MODEL = "model_name".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BOUND = "le".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_LABELS = 3;

    private final NumberReader number = new NumberReader();
    private final double[] numbers = new double[MOST_LABELS];
    private final byte[] unescaped = new byte[PageReader.LONGEST_LINE];
    private int row;
    private double bound;
    private int valueStart;

    /** Where the value began in the line that was read last. */
    int valueStart() {
        return valueStart;
    }

    /**
     * Reads a line from behind the name.
     *
     * @return false where it is malformed; nothing has been taken then
     */
    boolean read(Entry entry, PageCells cells, byte[] bytes, int from, int to) {
        Family family = entry.family();
        row = 0;
        bound = Double.NaN;
        Arrays.fill(numbers, Double.NaN);
        int at = skipBlanks(bytes, from, to);
        if (at < to && bytes[at] == '{') {
            at = labels(family, cells, bytes, at + 1, to);
            if (at < 0) {
                return false;
            }
        }
        at = skipBlanks(bytes, at, to);
        int end = blank(bytes, at, to);
        if (!number.read(bytes, at, end)) {
            return false;
        }
        valueStart = at;
        double value = number.value();
        return rest(bytes, end, to) && take(entry, family, cells, value);
    }

    private boolean take(Entry entry, Family family, PageCells cells, double value) {
        if (entry.role() == Role.BUCKET) {
            if (Double.isNaN(bound)) {
                return false;
            }
            cells.addBucket(row, family, bound, value);
        } else if (entry.role() == Role.COUNT) {
            cells.add(row, family.count(), value);
        } else {
            switch (family.kind()) {
                case SUM, COUNTER, TIMES, HISTOGRAM -> cells.add(row, family.cell(), value);
                case MEAN -> cells.addToMean(row, family, value);
                case LABEL_NUMBERS -> cells.addNumbers(row, family, numbers);
                case LABEL_LISTS -> cells.replaceNumbers(row, family, numbers, value);
            }
        }
        return true;
    }

    /** What may follow the value: a time, and an exemplar. */
    private boolean rest(byte[] bytes, int from, int to) {
        int at = skipBlanks(bytes, from, to);
        if (at < to && bytes[at] != '#') {
            int end = blank(bytes, at, to);
            if (!number.read(bytes, at, end)) {
                return false;
            }
            at = skipBlanks(bytes, end, to);
        }
        return at == to || bytes[at] == '#';
    }

    /** Reads labels; the index behind them, or -1. */
    private int labels(Family family, PageCells cells, byte[] bytes, int from, int to) {
        int at = from;
        while (true) {
            at = skipBlanks(bytes, at, to);
            if (at < to && bytes[at] == '}') {
                return at + 1;
            }
            int nameFrom = at;
            while (at < to && labelLetter(bytes[at], at == nameFrom)) {
                at++;
            }
            int nameTo = at;
            at = skipBlanks(bytes, at, to);
            if (nameTo == nameFrom || at == to || bytes[at] != '=') {
                return -1;
            }
            at = skipBlanks(bytes, at + 1, to);
            if (at == to || bytes[at] != '"') {
                return -1;
            }
            int valueFrom = at + 1;
            at = valueFrom;
            boolean escaped = false;
            while (at < to && bytes[at] != '"') {
                if (bytes[at] == '\\') {
                    escaped = true;
                    at++;
                }
                at++;
            }
            if (at >= to || !label(family, cells, bytes, nameFrom, nameTo, valueFrom, at, escaped)) {
                return -1;
            }
            at = skipBlanks(bytes, at + 1, to);
            if (at == to || (bytes[at] != ',' && bytes[at] != '}')) {
                return -1;
            }
            at += bytes[at] == ',' ? 1 : 0;
        }
    }

    private boolean label(Family family, PageCells cells, byte[] bytes, int nameFrom, int nameTo, int from, int to,
            boolean escaped) {
        byte[] value = bytes;
        int begin = from;
        int end = to;
        if (escaped) {
            end = unescape(bytes, from, to);
            if (end < 0) {
                return false;
            }
            value = unescaped;
            begin = 0;
        }
        if (is(MODEL, bytes, nameFrom, nameTo)) {
            row = cells.row(value, begin, end);
        } else if (is(BOUND, bytes, nameFrom, nameTo)) {
            if (!number.read(value, begin, end)) {
                return false;
            }
            bound = number.value();
        } else {
            for (int i = 0; i < family.labels().size(); i++) {
                if (equals(family.labels().get(i), bytes, nameFrom, nameTo)) {
                    numbers[i] = family.kind() == Family.Kind.LABEL_LISTS && i > 0 ? items(value, begin, end)
                            : number.read(value, begin, end) ? number.value() : Double.NaN;
                }
            }
        }
        return true;
    }

    private int unescape(byte[] bytes, int from, int to) {
        int length = 0;
        for (int i = from; i < to; i++) {
            byte letter = bytes[i];
            if (letter == '\\') {
                i++;
                switch (bytes[i]) {
                    case '\\', '"' -> letter = bytes[i];
                    case 'n' -> letter = '\n';
                    default -> {
                        return -1;
                    }
                }
            }
            unescaped[length++] = letter;
        }
        return length;
    }

    /** How many items a list has, with commas between them. */
    private static double items(byte[] bytes, int from, int to) {
        int items = skipBlanks(bytes, from, to) == to ? 0 : 1;
        for (int i = from; i < to; i++) {
            items += bytes[i] == ',' ? 1 : 0;
        }
        return items;
    }

    /** Index of the next letter that is no blank, or the end. */
    static int skipBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static int blank(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != ' ' && bytes[at] != '\t') {
            at++;
        }
        return at;
    }

    private static boolean labelLetter(byte letter, boolean first) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_'
                || (!first && letter >= '0' && letter <= '9');
    }

    private static boolean equals(String expected, byte[] bytes, int from, int to) {
        if (expected.length() != to - from) {
            return false;
        }
        for (int i = 0; i < expected.length(); i++) {
            if (expected.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean is(byte[] expected, byte[] bytes, int from, int to) {
        return Arrays.equals(expected, 0, expected.length, bytes, from, to);
    }
}
