package dev.penstock.server.tokens;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code tokenizer.json} says of how texts are split. Only where all of it is known to be like an encoding of
 * tiktoken are {@link SafeCuts} safe: a file may as well normalize and split in any other way.
 *
 * @param parts the top-level objects but for the vocabulary
 */
record HuggingFaceFile(Map<String, @Nullable Object> parts) {

    // A vocabulary has a hundred thousand names, none of which comes again.
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();
    private static final String MODEL = "model";
    private static final String TYPE = "type";
    /** Parts of the model that are large, and say nothing of where it may be cut. */
    private static final Set<String> TABLES = Set.of("vocab", "merges");

    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String WORDS = CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
    private static final String CASED = BEFORE + UPPER + "*" + LOWER + "+" + CONTRACTIONS + "?|"
            + BEFORE + UPPER + "+" + LOWER + "*" + CONTRACTIONS + "?";

    /** The rules of cl100k_base (Llama 3), of Qwen 2, and of o200k_base (gpt-oss). */
    private static final Set<String> KNOWN_RULES = Set.of(
            WORDS + "|\\p{N}{1,3}" + REST,
            WORDS + "|\\p{N}" + REST,
            CASED + "|\\p{N}{1,3}" + REST.replace("[\\r\\n]*", "[\\r\\n/]*"));

    /**
     * Reads a file, skipping its tables.
     *
     * @throws IOException where it cannot be read, or is not JSON
     */
    static HuggingFaceFile read(Path file) throws IOException {
        try (JsonParser parser = FACTORY.createParser(file.toFile())) {
            parser.nextToken();
            return value(parser) instanceof Map<?, ?> parts ? new HuggingFaceFile(named(parts))
                    : new HuggingFaceFile(Map.of());
        }
    }

    private static Map<String, @Nullable Object> named(Map<?, ?> parts) {
        Map<String, @Nullable Object> named = new HashMap<>();
        parts.forEach((name, part) -> named.put(String.valueOf(name), part));
        return named;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (Objects.requireNonNull(parser.currentToken())) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> parser.getText();
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> fields = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (TABLES.contains(name)) {
                parser.skipChildren();
            } else {
                fields.put(name, value(parser));
            }
        }
        return fields;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser));
        }
        return items;
    }

    /** Whether the tokens of the parts of a text that is cut at {@link SafeCuts} are those of the whole. */
    boolean safeToCut() {
        Object normalizer = parts.get("normalizer");
        return part(MODEL).get(TYPE) instanceof String type && type.equals("BPE")
                && part(MODEL).get("dropout") == null
                && (normalizer == null || is(normalizer, "NFC"))
                && splitsAsKnown(parts.get("pre_tokenizer"))
                && addsAroundOnly(parts.get("post_processor"))
                && list(parts.get("added_tokens")).stream().allMatch(HuggingFaceFile::staysWhole);
    }

    private static boolean splitsAsKnown(@Nullable Object rule) {
        if (is(rule, "ByteLevel")) {
            return isFalse(rule, "add_prefix_space") && !isFalse(rule, "use_regex");
        }
        List<@Nullable Object> steps = list(fields(rule).get("pretokenizers"));
        return is(rule, "Sequence") && steps.size() == 2
                && is(steps.get(0), "Split") && "Isolated".equals(fields(steps.get(0)).get("behavior"))
                && isFalse(steps.get(0), "invert")
                && KNOWN_RULES.contains(String.valueOf(fields(fields(steps.get(0)).get("pattern")).get("Regex")))
                && is(steps.get(1), "ByteLevel") && isFalse(steps.get(1), "add_prefix_space")
                && isFalse(steps.get(1), "use_regex");
    }

    private static boolean addsAroundOnly(@Nullable Object rule) {
        return rule == null || is(rule, "ByteLevel") || is(rule, "TemplateProcessing")
                || (is(rule, "Sequence")
                && list(fields(rule).get("processors")).stream().allMatch(HuggingFaceFile::addsAroundOnly));
    }

    /** A token that is looked for in the text before all else: no cut may go through it, nor through what it takes. */
    private static boolean staysWhole(@Nullable Object token) {
        return isFalse(token, "lstrip") && isFalse(token, "rstrip")
                && fields(token).get("content") instanceof String content
                && content.chars().noneMatch(c -> c == ' ' || c == '\n');
    }

    private Map<?, ?> part(String name) {
        return fields(parts.get(name));
    }

    private static Map<?, ?> fields(@Nullable Object of) {
        return of instanceof Map<?, ?> fields ? fields : Map.of();
    }

    private static List<@Nullable Object> list(@Nullable Object of) {
        return of instanceof List<?> items ? new ArrayList<>(items) : List.of();
    }

    private static boolean is(@Nullable Object part, String type) {
        return type.equals(fields(part).get(TYPE));
    }

    private static boolean isFalse(@Nullable Object part, String flag) {
        return Boolean.FALSE.equals(fields(part).get(flag));
    }
}
