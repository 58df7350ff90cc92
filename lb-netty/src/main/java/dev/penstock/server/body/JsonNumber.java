package dev.penstock.server.body;

/** Walks one JSON number, in pieces. Confined to one event loop. */
final class JsonNumber {
    private static final int START = 0;
    private static final int MINUS = 1;
    private static final int ZERO = 2;
    private static final int DIGITS = 3;
    private static final int POINT = 4;
    private static final int FRACTION = 5;
    private static final int EXPONENT = 6;
    private static final int SIGN = 7;
    private static final int POWER = 8;
    private static final int BAD = 9;

    private int state;
    private boolean negative;
    private long magnitude;

    void begin() {
        state = START;
        negative = false;
        magnitude = 0;
    }

    /** Walks to the first byte that is not of the number, and returns its index. */
    int walk(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte b = bytes[at];
            if (b >= '0' && b <= '9') {
                digit(b - '0');
            } else if (b == '-' || b == '+' || b == '.' || b == 'e' || b == 'E') {
                mark(b);
            } else {
                break;
            }
            at++;
        }
        return at;
    }

    /** Whether what was walked is a whole number. */
    boolean valid() {
        return state == ZERO || state == DIGITS || state == FRACTION || state == POWER;
    }

    boolean isInteger() {
        return state == ZERO || state == DIGITS;
    }

    long value() {
        return negative ? -magnitude : magnitude;
    }

    private void digit(int digit) {
        switch (state) {
            case START, MINUS -> {
                state = digit == 0 ? ZERO : DIGITS;
                magnitude = digit;
            }
            case DIGITS -> magnitude = magnitude > (Long.MAX_VALUE - digit) / 10
                    ? Long.MAX_VALUE : magnitude * 10 + digit;
            case POINT, FRACTION -> state = FRACTION;
            case EXPONENT, SIGN, POWER -> state = POWER;
            default -> state = BAD;
        }
    }

    private void mark(byte b) {
        boolean whole = state == ZERO || state == DIGITS;
        if (b == '-' && state == START) {
            state = MINUS;
            negative = true;
        } else if (b == '.' && whole) {
            state = POINT;
        } else if ((b == 'e' || b == 'E') && (whole || state == FRACTION)) {
            state = EXPONENT;
        } else if ((b == '-' || b == '+') && state == EXPONENT) {
            state = SIGN;
        } else {
            state = BAD;
        }
    }
}
