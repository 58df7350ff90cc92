package dev.penstock.routers.pd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of annotations and profiles: short, written by a person, checked by the host already. Confined to one
 * thread; one text each.
 */
final class JsonText {

    private static final int MOST_NESTED = 32;

    private final String text;
    private int at;
    private int nested;

    private JsonText(String text) {
        this.text = text;
    }

    /**
     * The members of an object: texts, {@link Double}s, {@link Boolean}s, lists and maps; null is left out.
     *
     * @return empty where it is no object, or cannot be read
     */
    static Map<String, Object> object(String text) {
        try {
            JsonText json = new JsonText(text);
            Object value = json.value();
            json.blanks();
            if (json.at == text.length()) {
                return map(value);
            }
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            // What cannot be read says nothing: the host has told whoever wrote it.
        }
        return Map.of();
    }

    /** A value as an object's members; empty where it is none. */
    @SuppressWarnings("unchecked") // only objects are read as maps, and those have texts for keys
    static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> members ? (Map<String, Object>) members : Map.of();
    }

    private @Nullable Object value() {
        blanks();
        char first = text.charAt(at);
        return switch (first) {
            case '{' -> members();
            case '[' -> items();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        open();
        while (!closed('}')) {
            blanks();
            String name = string();
            expect(':');
            Object value = value();
            if (value != null) {
                members.put(name, value);
            }
            comma('}');
        }
        return members;
    }

    private List<Object> items() {
        List<Object> items = new ArrayList<>();
        open();
        while (!closed(']')) {
            Object value = value();
            if (value != null) {
                items.add(value);
            }
            comma(']');
        }
        return items;
    }

    private void open() {
        at++;
        if (++nested > MOST_NESTED) {
            throw new IllegalArgumentException("nested too deeply");
        }
    }

    private boolean closed(char end) {
        blanks();
        if (text.charAt(at) != end) {
            return false;
        }
        at++;
        nested--;
        return true;
    }

    private void comma(char end) {
        blanks();
        if (text.charAt(at) == ',') {
            at++;
        } else if (text.charAt(at) != end) {
            throw new IllegalArgumentException("expected a comma at " + at);
        }
    }

    private void expect(char wanted) {
        blanks();
        if (text.charAt(at++) != wanted) {
            throw new IllegalArgumentException("expected " + wanted + " at " + at);
        }
    }

    private String string() {
        expect('"');
        StringBuilder read = new StringBuilder();
        for (char next = text.charAt(at++); next != '"'; next = text.charAt(at++)) {
            read.append(next == '\\' ? escaped() : next);
        }
        return read.toString();
    }

    private char escaped() {
        char escape = text.charAt(at++);
        return switch (escape) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) Integer.parseInt(text.substring(at, at += 4), 16);
            default -> escape;
        };
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw new IllegalArgumentException("expected " + word + " at " + at);
        }
        at += word.length();
        return value;
    }

    private Double number() {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return Double.valueOf(text.substring(from, at));
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}
