package dev.penstock.cache.scrape;

import dev.penstock.cache.scrape.FamilyNames.Entry;
import dev.penstock.cache.scrape.FamilyNames.Role;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a metrics page, in the text format of Prometheus or in OpenMetrics, as its bytes come. Of a line whose family
 * is not mapped only the name is looked at, and no object is made for any line. Not thread-safe; may be used again.
 */
final class PageReader {

    /** Longest line. */
    static final int LONGEST_LINE = 16 * 1024;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final byte[] TYPE = "# TYPE ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EOF = "# EOF".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_REMEMBERED = 256;

    private final long maxBytes;
    private final SeriesSet series = new SeriesSet();
    private final SampleLine sample = new SampleLine();
    private final byte[] carried = new byte[LONGEST_LINE];
    private final byte[] lastName = new byte[LONGEST_REMEMBERED];

    private PageCells cells;
    private boolean[] typed;
    private int carriedLength;
    private int lastNameLength;
    private @Nullable Entry lastEntry;
    private long total;
    private int line;
    private boolean finished;
    private @Nullable Refusal refusal;

    /**
     * A reader.
     *
     * @param maxBytes longest page
     */
    PageReader(long maxBytes, PageCells cells) {
        this.maxBytes = maxBytes;
        begin(cells);
    }

    /** Begins another page. */
    void begin(PageCells into) {
        cells = into;
        into.clear();
        typed = new boolean[into.mapping().families().size()];
        series.clear();
        carriedLength = 0;
        lastNameLength = 0;
        lastEntry = null;
        total = 0;
        line = 0;
        finished = false;
        refusal = null;
    }

    /** The cells that it fills. */
    PageCells cells() {
        return cells;
    }

    /** Why the page is refused; null where it is not, so far. */
    @Nullable Refusal refusal() {
        return refusal;
    }

    /** Bytes read so far. */
    long total() {
        return total;
    }

    /**
     * Reads on.
     *
     * @return false where the page is refused
     */
    boolean read(byte[] bytes, int from, int to) {
        if (refusal != null) {
            return false;
        }
        total += to - from;
        if (total > maxBytes) {
            return refuse(Refusal.Reason.TOO_LARGE, "a page of more than " + maxBytes + " bytes");
        }
        int at = from;
        if (carriedLength > 0) {
            int end = newline(bytes, from, to);
            if (!carry(bytes, from, end)) {
                return false;
            }
            if (end == to) {
                return true;
            }
            int length = carriedLength;
            carriedLength = 0;
            if (!line(carried, 0, length)) {
                return false;
            }
            at = end + 1;
        }
        while (at < to) {
            int end = lineEnd(bytes, at, to);
            if (end < 0) {
                return refusal == null && carry(bytes, at, to);
            }
            at = end + 1;
        }
        return true;
    }

    /**
     * The page has ended.
     *
     * @param openMetrics whether it was said to be OpenMetrics, which says itself where it ends
     * @return false where the page is refused
     */
    boolean end(boolean openMetrics) {
        if (refusal != null) {
            return false;
        }
        // The last line of OpenMetrics may lack its line feed.
        if (carriedLength > 0 && is(EOF, carried, 0, carriedLength)) {
            carriedLength = 0;
            finished = true;
        }
        if (carriedLength > 0 || (openMetrics && !finished)) {
            return refuse(Refusal.Reason.TRUNCATED, "the page ends in the middle, after line " + line);
        }
        if (series.empty()) {
            return refuse(Refusal.Reason.NOTHING_KNOWN,
                    "no metric of " + cells.mapping().engine() + " is on the page");
        }
        return true;
    }

    /** Reads the line that begins at an index; its end, or -1 where it ends later, or is refused. */
    private int lineEnd(byte[] bytes, int from, int to) {
        // Most lines are of the family of the line before, and most families are not looked at.
        int length = lastNameLength;
        if (length > 0 && lastEntry == null && !finished && to - from > length && endsName(bytes[from + length])
                && Arrays.equals(bytes, from, from + length, lastName, 0, length)) {
            int end = newline(bytes, from + length, to);
            if (end < to && end - from <= LONGEST_LINE) {
                line++;
                return end;
            }
        }
        int end = newline(bytes, from, to);
        return end < to && line(bytes, from, end) ? end : -1;
    }

    private boolean line(byte[] bytes, int from, int to) {
        line++;
        if (to - from > LONGEST_LINE) {
            return refuse(Refusal.Reason.TOO_LARGE, "line " + line + " is longer than " + LONGEST_LINE + " bytes");
        }
        int at = SampleLine.skipBlanks(bytes, from, to);
        if (at == to) {
            return true;
        }
        if (finished) {
            return refuse(Refusal.Reason.MALFORMED, "line " + line + " comes after the end");
        }
        if (bytes[at] == '#') {
            return comment(bytes, at, to);
        }
        int nameEnd = at;
        while (nameEnd < to && nameLetter(bytes[nameEnd])) {
            nameEnd++;
        }
        if (nameEnd == at || nameEnd == to || !endsName(bytes[nameEnd]) || digit(bytes[at])) {
            return refuse(Refusal.Reason.MALFORMED, "line " + line + " is none of a metrics page");
        }
        Entry entry = entry(bytes, at, nameEnd);
        return entry == null || entry.role() == Role.TYPE || sample(entry, bytes, at, nameEnd, to);
    }

    private @Nullable Entry entry(byte[] bytes, int from, int to) {
        if (lastNameLength == to - from && Arrays.equals(bytes, from, to, lastName, 0, lastNameLength)) {
            return lastEntry;
        }
        Entry entry = cells.mapping().names().find(bytes, from, to);
        if (to - from <= LONGEST_REMEMBERED) {
            System.arraycopy(bytes, from, lastName, 0, to - from);
            lastNameLength = to - from;
            lastEntry = entry;
        }
        return entry;
    }

    private boolean comment(byte[] bytes, int from, int to) {
        if (is(EOF, bytes, from, to)) {
            finished = true;
        } else if (to - from > TYPE.length && is(TYPE, bytes, from, from + TYPE.length)) {
            int begin = SampleLine.skipBlanks(bytes, from + TYPE.length, to);
            int end = begin;
            while (end < to && nameLetter(bytes[end])) {
                end++;
            }
            Entry entry = cells.mapping().names().find(bytes, begin, end);
            if (entry != null && (entry.role() == Role.TYPE || entry.role() == Role.VALUE)) {
                if (typed[entry.number()]) {
                    return refuse(Refusal.Reason.DUPLICATE, "the family " + entry.family().name() + " comes twice");
                }
                typed[entry.number()] = true;
            }
        }
        return true;
    }

    private boolean sample(Entry entry, byte[] bytes, int from, int nameEnd, int to) {
        if (!sample.read(entry, cells, bytes, nameEnd, to)) {
            return refuse(Refusal.Reason.MALFORMED, "line " + line + ": not a value of " + entry.family().name());
        }
        if (series.full()) {
            return refuse(Refusal.Reason.TOO_MANY_SERIES, "more than " + SeriesSet.MOST + " series");
        }
        if (!series.add(bytes, from, sample.valueStart())) {
            return refuse(Refusal.Reason.DUPLICATE, "line " + line + ": a series of " + entry.family().name()
                    + " comes twice");
        }
        return true;
    }

    private boolean carry(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > carried.length - carriedLength) {
            return refuse(Refusal.Reason.TOO_LARGE, "line " + (line + 1) + " is longer than " + LONGEST_LINE
                    + " bytes");
        }
        System.arraycopy(bytes, from, carried, carriedLength, length);
        carriedLength += length;
        return true;
    }

    private boolean refuse(Refusal.Reason reason, String detail) {
        refusal = new Refusal(reason, detail);
        return false;
    }

    /** Index of the next line feed, or the end. */
    private static int newline(byte[] bytes, int from, int to) {
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long word = (long) WORD.get(bytes, at) ^ (ONES * '\n');
            long found = (word - ONES) & ~word & HIGH;
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < to && bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    private static boolean nameLetter(byte letter) {
        return (letter >= 'a' && letter <= 'z') || letter == '_' || (letter >= 'A' && letter <= 'Z') || digit(letter)
                || letter == ':';
    }

    private static boolean digit(byte letter) {
        return letter >= '0' && letter <= '9';
    }

    private static boolean endsName(byte letter) {
        return letter == '{' || letter == ' ' || letter == '\t';
    }

    private static boolean is(byte[] expected, byte[] bytes, int from, int to) {
        return Arrays.equals(expected, 0, expected.length, bytes, from, to);
    }
}
