package dev.penstock.core.engine;

/** What a plugin may send as a header. */
final class HeaderRules {

    private static final int MAX_VALUE = 4096;

    private HeaderRules() {}

    static void check(String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(HeaderRules::allowedInName)) {
            throw new IllegalArgumentException("header name: " + name
                    + " (expected: lower case letters, digits, dashes)");
        }
        if (value.length() > MAX_VALUE || !value.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) {
            throw new IllegalArgumentException("value of header " + name + " (expected: printable ASCII, at most "
                    + MAX_VALUE + " characters)");
        }
    }

    private static boolean allowedInName(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
}
