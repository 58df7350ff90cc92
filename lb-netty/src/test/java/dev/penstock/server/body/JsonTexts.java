package dev.penstock.server.body;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Makes JSON request bodies at random, and breaks them. */
final class JsonTexts {
    private static final List<String> KEYS = List.of("model", "stream", "max_tokens", "max_completion_tokens", "user",
            "prompt", "messages", "input", "query", "documents", "system", "stream_options", "previous_response_id",
            "temperature", "tools", "n", "mod", "models", "streams", "", "größe", "a\\\"b", "\\u0041");
    private static final List<String> INNER = List.of("role", "content", "type", "text", "include_usage", "image", "x");
    private static final String[] SCRAPS = {"\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "\\u", "null",
        "true", "\n", " ", "\u0001", "é", "\"model\":", "\\ud83d\\ude00", "/"};

    private final Random random;

    JsonTexts(Random random) {
        this.random = random;
    }

    /** An object with top-level keys of requests, each at most once. */
    String body() {
        StringBuilder out = new StringBuilder();
        blank(out);
        out.append('{');
        boolean first = true;
        for (String key : KEYS) {
            if (random.nextInt(3) == 0) {
                if (!first) {
                    out.append(',');
                }
                first = false;
                blank(out);
                out.append('"').append(key).append('"');
                blank(out);
                out.append(':');
                value(out, 0);
            }
        }
        blank(out);
        out.append('}');
        blank(out);
        return out.toString();
    }

    /** The bytes of a text with a few of them changed, lost or added. */
    byte[] broken(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length + 1);
            int gone = random.nextInt(4) == 0 ? Math.min(bytes.length - at, 1 + random.nextInt(4)) : 0;
            byte[] scrap = random.nextInt(4) == 0
                    ? new byte[] {(byte) random.nextInt(256)}
                    : SCRAPS[random.nextInt(SCRAPS.length)].getBytes(StandardCharsets.UTF_8);
            byte[] next = new byte[bytes.length - gone + scrap.length];
            System.arraycopy(bytes, 0, next, 0, at);
            System.arraycopy(scrap, 0, next, at, scrap.length);
            System.arraycopy(bytes, at + gone, next, at + scrap.length, bytes.length - at - gone);
            bytes = next;
        }
        return bytes;
    }

    private void value(StringBuilder out, int depth) {
        blank(out);
        switch (random.nextInt(depth > 4 ? 6 : 9)) {
            case 0 -> out.append("null");
            case 1 -> out.append(random.nextBoolean());
            case 2 -> out.append(random.nextInt(100_000));
            case 3 -> out.append(number());
            case 4, 5 -> string(out);
            case 6, 7 -> array(out, depth);
            default -> object(out, depth);
        }
        blank(out);
    }

    private String number() {
        String[] numbers = {"0", "-0", "-1", "1.5", "1e9", "1E+2", "-0.0e-1", "9223372036854775807",
            "92233720368547758070"};
        return numbers[random.nextInt(numbers.length)];
    }

    private void string(StringBuilder out) {
        out.append('"');
        for (int i = random.nextInt(20); i > 0; i--) {
            switch (random.nextInt(12)) {
                case 0 -> out.append("\\n");
                case 1 -> out.append("\\u00e9");
                case 2 -> out.append("\\ud83d\\ude00");
                case 3 -> out.append("é");
                case 4 -> out.append("漢");
                case 5 -> out.append("😀");
                case 6 -> out.append("\\\"");
                default -> out.append((char) ('a' + random.nextInt(26)));
            }
        }
        out.append('"');
    }

    private void array(StringBuilder out, int depth) {
        out.append('[');
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ",");
            value(out, depth + 1);
        }
        out.append(']');
    }

    private void object(StringBuilder out, int depth) {
        out.append('{');
        boolean first = true;
        for (String key : INNER) {
            if (random.nextInt(3) == 0) {
                out.append(first ? "" : ",").append('"').append(key).append("\":");
                first = false;
                value(out, depth + 1);
            }
        }
        out.append('}');
    }

    private void blank(StringBuilder out) {
        if (random.nextInt(8) == 0) {
            out.append(" \n\r\t", 0, 1 + random.nextInt(4));
        }
    }
}
