package dev.penstock.core.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as people write them: {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h}, {@code 1d}; {@code 0} and {@code off}
 * for none.
 */
public final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)\\s*(ns|us|ms|s|m|h|d)");

    // Ten years: a deadline that is added to the time must not overflow.
    private static final double MAX_NANOS = 3650 * 24 * 3600e9;

    private Durations() {}

    /**
     * Reads a time.
     *
     * @return nanoseconds; 0 for none
     * @throws IllegalArgumentException where it is not a time, or more than ten years
     */
    public static long nanos(String text) {
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        if (trimmed.equals("off") || trimmed.equals("0")) {
            return 0;
        }
        Matcher matcher = FORM.matcher(trimmed);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected: a time such as 250ms, 5s, 2m, or off");
        }
        double nanos = Double.parseDouble(matcher.group(1)) * unit(matcher.group(2));
        if (nanos > MAX_NANOS) {
            throw new IllegalArgumentException("expected: at most 3650 days");
        }
        if (nanos > 0 && nanos < 1) {
            throw new IllegalArgumentException("expected: at least 1ns, or off");
        }
        return (long) nanos;
    }

    private static double unit(String name) {
        return switch (name) {
            case "ns" -> 1;
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            default -> 24 * 3600e9;
        };
    }

    /** Writes a time in the largest unit that keeps it whole. */
    public static String text(long nanos) {
        if (nanos == 0) {
            return "off";
        }
        String[] units = {"h", "m", "s", "ms", "us"};
        for (String name : units) {
            long unit = (long) unit(name);
            if (nanos % unit == 0) {
                return nanos / unit + name;
            }
        }
        return nanos + "ns";
    }
}
