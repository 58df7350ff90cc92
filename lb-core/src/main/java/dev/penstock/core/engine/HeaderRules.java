package dev.penstock.core.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a plugin may send as a header. */
final class HeaderRules {

    /** The header that notes of routers come in. */
    static final String NOTES = "x-penstock-routing";

    private static final int MAX_VALUE = 4096;
    // The proxy alone says where an answer ends and what becomes of its connection.
    private static final Set<String> OF_THE_PROXY = Set.of("connection", "content-length", "keep-alive",
            "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

    private HeaderRules() {}

    static void check(String name, String value) {
        if (!nameable(name)) {
            throw new IllegalArgumentException("header name: " + name
                    + " (expected: lower case letters, digits, dashes)");
        }
        if (OF_THE_PROXY.contains(name)) {
            throw new IllegalArgumentException("header name: " + name + " (expected: not one that frames the message)");
        }
        if (!sendable(value)) {
            throw new IllegalArgumentException("value of header " + name + " (expected: printable ASCII, at most "
                    + MAX_VALUE + " characters)");
        }
    }

    /** Whether a text can be the value of a header. */
    static boolean sendable(String value) {
        if (value.length() > MAX_VALUE) {
            return false;
        }
        // Plain loops, here and below: streams are objects, and this is done for each request of a session.
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x20 || c >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    /**
     * Headers with another value for one of them. A new list each time: a router that does not come back may go on
     * while the owner reads.
     *
     * @param headers names and values, in turn
     */
    static List<String> with(List<String> headers, String name, String value) {
        if (headers.isEmpty()) {
            return List.of(name, value);
        }
        List<String> extended = new ArrayList<>(headers);
        int at = indexOf(headers, name);
        if (at < 0) {
            extended.add(name);
            extended.add(value);
        } else {
            extended.set(at + 1, value);
        }
        return List.copyOf(extended);
    }

    /** The value of {@link #NOTES} with one more of them. */
    static String noted(List<String> headers, String text) {
        int at = indexOf(headers, NOTES);
        return at < 0 ? text : headers.get(at + 1) + ", " + text;
    }

    private static int indexOf(List<String> headers, String name) {
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean nameable(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
