package dev.penstock.server.body;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request, normalized once: what limits, routing and the pod see is the same path.
 *
 * @param path begins with a slash and has no empty segment, dot segment, or slash at its end; only what is reserved is
 *         percent-encoded, in upper case. {@code *} for the target of OPTIONS.
 * @param query as sent, without the question mark, or null where there is none
 * @param host host and port of a target in absolute form, or null
 */
public record RequestPath(String path, @Nullable String query, @Nullable String host) {
    private static final String HEX = "0123456789ABCDEF";

    /**
     * Reads a target as it is in the request line.
     *
     * @return null if it is malformed: no path, a {@code ..} above the root, or a character that two servers could
     *         read differently (an encoded slash, backslash or control character, a raw one, not ASCII)
     */
    public static @Nullable RequestPath parse(String target) {
        if (target.equals("*")) {
            return new RequestPath(target, null, null);
        }
        if (!hasOnlyTargetCharacters(target)) {
            return null;
        }
        String host = null;
        int from = 0;
        if (target.isEmpty()) {
            return null;
        }
        if (target.charAt(0) != '/') {
            int authority = authority(target);
            if (authority < 0) {
                return null;
            }
            from = endOfAuthority(target, authority);
            host = target.substring(authority, from);
            if (host.isEmpty() || host.indexOf('@') >= 0) {
                return null;
            }
        }
        int mark = target.indexOf('?', from);
        String query = mark < 0 ? null : target.substring(mark + 1);
        String path = normalize(target.substring(from, mark < 0 ? target.length() : mark));
        return path == null ? null : new RequestPath(path, query, host);
    }

    /** Path and query, as they go into a request line. */
    public String target() {
        return query == null ? path : path + '?' + query;
    }

    private static boolean hasOnlyTargetCharacters(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '\\' || c == '#') {
                return false;
            }
        }
        return true;
    }

    private static int authority(String target) {
        if (target.regionMatches(true, 0, "http://", 0, 7)) {
            return 7;
        }
        return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
    }

    private static int endOfAuthority(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?') {
                return i;
            }
        }
        return target.length();
    }

    private static @Nullable String normalize(String raw) {
        if (raw.isEmpty()) {
            return "/";
        }
        String decoded = raw.indexOf('%') < 0 ? raw : decode(raw);
        if (decoded == null) {
            return null;
        }
        // Most targets are normal already: none of these, no segment to look at.
        boolean normal = decoded.length() == 1
                || (!decoded.contains("//") && !decoded.contains("/.") && !decoded.endsWith("/"));
        return normal ? decoded : resolve(decoded);
    }

    /** Decodes what need not be encoded, so that dots cannot hide; refuses what must not be in a path. */
    private static @Nullable String decode(String raw) {
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            if (i + 2 >= raw.length()) {
                return null;
            }
            int high = Character.digit(raw.charAt(i + 1), 16);
            int low = Character.digit(raw.charAt(i + 2), 16);
            int value = (high << 4) | low;
            if (high < 0 || low < 0 || value < ' ' || value == 0x7f || value == '/' || value == '\\') {
                return null;
            }
            if (isUnreserved(value)) {
                out.append((char) value);
            } else {
                out.append('%').append(HEX.charAt(high)).append(HEX.charAt(low));
            }
            i += 2;
        }
        return out.toString();
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                || c == '-' || c == '.' || c == '_' || c == '~';
    }

    private static @Nullable String resolve(String path) {
        List<String> segments = new ArrayList<>();
        int at = 1;
        while (at <= path.length()) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            String segment = path.substring(at, end);
            if (segment.equals("..")) {
                if (segments.isEmpty()) {
                    return null;
                }
                segments.removeLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
            at = end + 1;
        }
        return "/" + String.join("/", segments);
    }
}
