package dev.penstock.server.exchange;

import dev.penstock.server.relay.ResponseHead;

/** For how long a pod asks to be left alone. Holds no state. */
final class RetryAfter {
    private static final int NOT_SAID = -1;
    /** Eleven days in seconds; whoever asks for more means the same. */
    private static final int MOST_DIGITS = 6;

    private RetryAfter() {
    }

    /** Seconds; -1 where nothing is said, or a date, which the clocks of two machines read differently. */
    static long seconds(ResponseHead head) {
        String value = head.retryAfter() ? head.header(HeaderNames.RETRY_AFTER) : null;
        if (value == null || value.isEmpty() || value.length() > MOST_DIGITS) {
            return NOT_SAID;
        }
        long seconds = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return NOT_SAID;
            }
            seconds = 10 * seconds + digit;
        }
        return seconds;
    }
}
