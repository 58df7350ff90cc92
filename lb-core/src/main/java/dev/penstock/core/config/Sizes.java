package dev.penstock.core.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: {@code 4096}, {@code 64KiB}, {@code 64MiB}, {@code 1GiB}. */
public final class Sizes {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(b|kib|mib|gib)?");

    private Sizes() {}

    /**
     * Reads a number of bytes.
     *
     * @throws IllegalArgumentException where it is not one
     */
    public static long bytes(String text) {
        Matcher matcher = FORM.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected: a size such as 4096, 64KiB, 64MiB");
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : switch (unit) {
            case "kib" -> 10;
            case "mib" -> 20;
            case "gib" -> 30;
            default -> 0;
        };
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("too large");
        }
        return number << shift;
    }

    /** Writes a number of bytes in the largest unit that keeps it whole. */
    public static String text(long bytes) {
        String[] units = {"GiB", "MiB", "KiB"};
        for (int i = 0; i < units.length; i++) {
            int shift = 30 - 10 * i;
            if (bytes != 0 && bytes % (1L << shift) == 0) {
                return (bytes >> shift) + units[i];
            }
        }
        return Long.toString(bytes);
    }
}
