package dev.penstock.cache.scrape;

import java.nio.charset.StandardCharsets;

/** Reads numbers as they stand on metrics pages, without making objects for those that are usual. Not thread-safe. */
final class NumberReader {

    // Up to here a double holds every whole number, and every power of ten: one operation rounds once, and right.
    private static final long EXACT = 1L << 53;
    private static final double[] POWERS = powers();

    private double value;

    private static double[] powers() {
        double[] powers = new double[23];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }

    /** The number that was read last. */
    double value() {
        return value;
    }

    /**
     * Reads a number: decimal, with or without an exponent, or one of NaN and Inf.
     *
     * @return false where it is none
     */
    boolean read(byte[] bytes, int from, int to) {
        int at = from;
        boolean negative = false;
        if (at < to && (bytes[at] == '-' || bytes[at] == '+')) {
            negative = bytes[at] == '-';
            at++;
        }
        if (at < to && !digit(bytes[at]) && bytes[at] != '.') {
            return word(bytes, at, to, negative);
        }
        long mantissa = 0;
        boolean exact = true;
        int digits = 0;
        int scale = 0;
        boolean point = false;
        for (; at < to; at++) {
            byte letter = bytes[at];
            if (digit(letter)) {
                digits++;
                if (mantissa < EXACT / 10 - 1) {
                    mantissa = mantissa * 10 + letter - '0';
                    scale -= point ? 1 : 0;
                } else {
                    exact = false;
                }
            } else if (letter == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        if (digits == 0) {
            return false;
        }
        if (at < to) {
            int exponent = exponent(bytes, at, to);
            if (exponent == Integer.MIN_VALUE) {
                return false;
            }
            scale += exponent;
        }
        if (!exact || scale < -22 || scale > 22) {
            value = Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
            return true;
        }
        double positive = scale < 0 ? mantissa / POWERS[-scale] : mantissa * POWERS[scale];
        value = negative ? -positive : positive;
        return true;
    }

    /** The exponent from an "e" to the end; the least int where it is none. */
    private static int exponent(byte[] bytes, int from, int to) {
        if (bytes[from] != 'e' && bytes[from] != 'E') {
            return Integer.MIN_VALUE;
        }
        int at = from + 1;
        boolean negative = false;
        if (at < to && (bytes[at] == '-' || bytes[at] == '+')) {
            negative = bytes[at] == '-';
            at++;
        }
        if (at == to) {
            return Integer.MIN_VALUE;
        }
        int exponent = 0;
        for (; at < to; at++) {
            if (!digit(bytes[at])) {
                return Integer.MIN_VALUE;
            }
            exponent = Math.min(100_000, exponent * 10 + bytes[at] - '0');
        }
        return negative ? -exponent : exponent;
    }

    private boolean word(byte[] bytes, int from, int to, boolean negative) {
        if (is("nan", bytes, from, to)) {
            value = Double.NaN;
        } else if (is("inf", bytes, from, to) || is("infinity", bytes, from, to)) {
            value = negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        } else {
            return false;
        }
        return true;
    }

    private static boolean is(String word, byte[] bytes, int from, int to) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if ((bytes[from + i] | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean digit(byte letter) {
        return letter >= '0' && letter <= '9';
    }
}
