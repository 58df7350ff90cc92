package dev.penstock.server.body;

/** Writes texts as JSON strings. Holds no state. */
public final class JsonQuotes {

    private JsonQuotes() {
    }

    /** Appends a text in quotes. */
    public static StringBuilder append(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"');
    }
}
