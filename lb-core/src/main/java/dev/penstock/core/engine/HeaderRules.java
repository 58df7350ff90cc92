package dev.penstock.core.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a plugin may send as a header. */
final class HeaderRules {

    private static final int MAX_VALUE = 4096;
    // The proxy alone says where an answer ends and what becomes of its connection.
    private static final Set<String> OF_THE_PROXY = Set.of("connection", "content-length", "keep-alive",
            "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

    private HeaderRules() {}

    static void check(String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(HeaderRules::allowedInName)) {
            throw new IllegalArgumentException("header name: " + name
                    + " (expected: lower case letters, digits, dashes)");
        }
        if (OF_THE_PROXY.contains(name)) {
            throw new IllegalArgumentException("header name: " + name + " (expected: not one that frames the message)");
        }
        if (value.length() > MAX_VALUE || !value.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) {
            throw new IllegalArgumentException("value of header " + name + " (expected: printable ASCII, at most "
                    + MAX_VALUE + " characters)");
        }
    }

    /** A list of names and values, in turn, with one more, or with another value of one that is there. */
    static List<String> with(List<String> headers, String name, String value) {
        List<String> extended = new ArrayList<>(headers);
        int at = 0;
        while (at < extended.size() && !extended.get(at).equals(name)) {
            at += 2;
        }
        if (at < extended.size()) {
            extended.set(at + 1, value);
        } else {
            extended.add(name);
            extended.add(value);
        }
        return List.copyOf(extended);
    }

    private static boolean allowedInName(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
}
