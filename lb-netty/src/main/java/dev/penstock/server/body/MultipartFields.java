package dev.penstock.server.body;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Understands the heads of parts, and keeps the two fields that are decided by. Confined to one event loop. */
final class MultipartFields {
    private static final String MODEL = "model";
    private static final String STREAM = "stream";

    private @Nullable String model;
    private @Nullable String stream;
    private boolean modelSeen;
    private boolean streamSeen;
    /** The wanted field whose content follows, or null. */
    private @Nullable String current;
    private @Nullable String ambiguous;

    void clear() {
        model = null;
        stream = null;
        modelSeen = false;
        streamSeen = false;
        current = null;
        ambiguous = null;
    }

    /** Whether the content of the last part is wanted. */
    boolean wanted() {
        return current != null;
    }

    /** The wanted field that is there twice, or in a form that others may read differently; null if there is none. */
    @Nullable String ambiguous() {
        return ambiguous;
    }

    MultipartFacts facts() {
        boolean streamed = stream != null && (stream.equals("1") || stream.equalsIgnoreCase("true"));
        return new MultipartFacts(model, streamed);
    }

    /** Reads the head of a part, with its line ends; returns what is wrong with it, or null. */
    @Nullable String part(String head) {
        current = null;
        String disposition = null;
        boolean encoded = false;
        int at = 0;
        while (at < head.length() - 2) {
            int end = head.indexOf("\r\n", at);
            String line = head.substring(at, end);
            at = end + 2;
            int colon = line.indexOf(':');
            if (colon <= 0 || !isHeaderName(line, colon) || hasControl(line)) {
                return "broken head of a part";
            }
            String value = line.substring(colon + 1).trim();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-disposition" -> {
                    if (disposition != null) {
                        return "two dispositions of a part";
                    }
                    disposition = value;
                }
                case "content-transfer-encoding" -> encoded = !isIdentity(value);
                default -> { }
            }
        }
        return disposition == null ? "a part without disposition" : disposition(disposition, encoded);
    }

    /** The content of the wanted part; false if it is not text. */
    boolean value(byte[] bytes, int length) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
        } catch (CharacterCodingException e) {
            return false;
        }
        if (MODEL.equals(current)) {
            model = text;
        } else {
            stream = text;
        }
        return true;
    }

    private @Nullable String disposition(String value, boolean encoded) {
        HeaderParameters header = HeaderParameters.parse(value);
        if (header == null || !header.value().equals("form-data")) {
            return "broken disposition of a part";
        }
        String name = header.parameters().get("name");
        // A backslash or an extended name is read differently by different parsers.
        if (name == null || name.indexOf('\\') >= 0 || header.parameters().containsKey("name*")) {
            return "broken name of a part";
        }
        boolean isModel = name.equals(MODEL);
        if (!isModel && !name.equals(STREAM)) {
            return null;
        }
        boolean file = header.parameters().containsKey("filename") || header.parameters().containsKey("filename*");
        if (encoded || file || (isModel ? modelSeen : streamSeen)) {
            ambiguous = name;
            return null;
        }
        modelSeen |= isModel;
        streamSeen |= !isModel;
        current = name;
        return null;
    }

    private static boolean isIdentity(String encoding) {
        return switch (encoding.toLowerCase(Locale.ROOT)) {
            case "7bit", "8bit", "binary" -> true;
            default -> false;
        };
    }

    private static boolean isHeaderName(String line, int colon) {
        for (int i = 0; i < colon; i++) {
            char c = line.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasControl(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return true;
            }
        }
        return false;
    }
}
