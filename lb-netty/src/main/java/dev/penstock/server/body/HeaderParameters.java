package dev.penstock.server.body;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header's value of the form {@code value; name=text; name="text"}.
 *
 * @param value what stands before the parameters, in lower case
 * @param parameters by name in lower case
 */
record HeaderParameters(String value, Map<String, String> parameters) {

    /** Null where the form is broken, or a parameter is there twice. */
    static @Nullable HeaderParameters parse(String header) {
        int semicolon = header.indexOf(';');
        String value = header.substring(0, semicolon < 0 ? header.length() : semicolon).trim();
        Map<String, String> parameters = new HashMap<>();
        int at = semicolon;
        while (at >= 0 && at < header.length()) {
            at = skipBlanks(header, at + 1);
            if (at == header.length()) {
                break;
            }
            int equals = header.indexOf('=', at);
            if (equals <= at) {
                return null;
            }
            String name = header.substring(at, equals).toLowerCase(Locale.ROOT);
            boolean quoted = equals + 1 < header.length() && header.charAt(equals + 1) == '"';
            int end = quoted ? endOfQuoted(header, equals + 2) : endOfToken(header, equals + 1);
            if (end < 0 || !isToken(name)) {
                return null;
            }
            String text = quoted ? header.substring(equals + 2, end) : header.substring(equals + 1, end).trim();
            at = skipBlanks(header, quoted ? end + 1 : end);
            boolean broken = at < header.length() && header.charAt(at) != ';';
            if (broken || (!quoted && !isToken(text)) || parameters.put(name, text) != null) {
                return null;
            }
        }
        return new HeaderParameters(value.toLowerCase(Locale.ROOT), Map.copyOf(parameters));
    }

    private static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int endOfToken(String text, int from) {
        int end = text.indexOf(';', from);
        return end < 0 ? text.length() : end;
    }

    /** Index of the closing quote, or -1; a backslash hides the character behind it, and both stay in the text. */
    private static int endOfQuoted(String text, int from) {
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '"') {
                return at;
            }
        }
        return -1;
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || "()<>@,;:\\\"[]?=".indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
