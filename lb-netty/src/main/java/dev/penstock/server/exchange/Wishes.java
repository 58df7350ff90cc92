package dev.penstock.server.exchange;

import org.jspecify.annotations.Nullable;

/**
 * How soon a client wants its answer, by its headers. What cannot be read counts as not said: it is a wish.
 *
 * @param priority 0 is normal, more is more urgent
 * @param firstTokenNanos time to the first token; -1 where nothing is said
 * @param perTokenNanos time for each further token; -1 where nothing is said
 */
record Wishes(int priority, long firstTokenNanos, long perTokenNanos) {
    static final Wishes NONE = new Wishes(0, -1, -1);

    private static final int MOST_URGENT = 100;
    /** Three digits and a sign, or eleven days in milliseconds. */
    private static final int PRIORITY_LENGTH = 4;
    private static final int MILLIS_LENGTH = 9;
    private static final long NANOS_PER_MILLI = 1_000_000;

    static Wishes of(RequestHead head) {
        return of(head.header(HeaderNames.REQUEST_PRIORITY), head.header(HeaderNames.SLO_TTFT),
                head.header(HeaderNames.SLO_TPOT));
    }

    static Wishes of(@Nullable String priority, @Nullable String firstToken, @Nullable String perToken) {
        if (priority == null && firstToken == null && perToken == null) {
            return NONE;
        }
        return new Wishes(priority(priority), nanos(firstToken), nanos(perToken));
    }

    private static int priority(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        return switch (text) {
            case "system" -> 2;
            case "interactive" -> 1;
            case "default" -> 0;
            case "bulk" -> -1;
            default -> {
                boolean negative = text.startsWith("-");
                long number = number(negative ? text.substring(1) : text, PRIORITY_LENGTH - 1);
                yield number < 0 || number > MOST_URGENT ? 0 : (int) (negative ? -number : number);
            }
        };
    }

    private static long nanos(@Nullable String text) {
        long millis = text == null ? 0 : number(text, MILLIS_LENGTH);
        return millis <= 0 ? -1 : millis * NANOS_PER_MILLI;
    }

    /** A whole number; -1 where it is none, or has too many digits. */
    private static long number(String text, int mostDigits) {
        if (text.isEmpty() || text.length() > mostDigits) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
