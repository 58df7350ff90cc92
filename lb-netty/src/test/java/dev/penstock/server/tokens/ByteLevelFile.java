package dev.penstock.server.tokens;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small {@code tokenizer.json} as those of Llama 3, Qwen and GPT are: bytes, and some pairs that are merged. */
final class ByteLevelFile {

    static final String BEGIN = "<|begin_of_text|>";
    static final String LLAMA_3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    static final String QWEN_2 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    static final String O200K = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    // As such files write them: a space is \u0120, a line feed \u010a.
    private static final List<String> MERGES = List.of("h e", "l l", "he ll", "hell o", "\u0120 w", "o r", "\u0120w or",
            "\u0120 \u0120", "\u010a \u010a", "1 2", "12 3", ". .", ".. .", "' s", "' l", "\u0120 a", "/ /", "a \u0120",
            "\u00c3 \u00a9", "! \u010a", ". \u010a", "o \u0120w", "\u0120 .", "e \u010a");

    private final Map<String, @Nullable Object> parts = new LinkedHashMap<>();

    private ByteLevelFile() {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (int b = 0; b < 256; b++) {
            vocabulary.put(letter(b), b);
        }
        for (String merge : MERGES) {
            vocabulary.putIfAbsent(merge.replace(" ", ""), vocabulary.size());
        }
        int begin = vocabulary.size();
        parts.put("version", "1.0");
        parts.put("added_tokens", List.of(added(begin, BEGIN, false)));
        parts.put("normalizer", null);
        parts.put("pre_tokenizer", gpt2());
        parts.put("post_processor", Map.of("type", "TemplateProcessing",
                "single", List.of(Map.of("SpecialToken", Map.of("id", BEGIN, "type_id", 0)),
                        Map.of("Sequence", Map.of("id", "A", "type_id", 0))),
                "pair", List.of(Map.of("Sequence", Map.of("id", "A", "type_id", 0)),
                        Map.of("Sequence", Map.of("id", "B", "type_id", 1))),
                "special_tokens", Map.of(BEGIN, Map.of("id", BEGIN, "ids", List.of(begin), "tokens", List.of(BEGIN)))));
        Map<String, @Nullable Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", null);
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("vocab", vocabulary);
        model.put("merges", MERGES);
        parts.put("model", model);
    }

    static Map<String, Object> added(int id, String content, boolean takesSpaceBefore) {
        return Map.of("id", id, "content", content, "single_word", false, "lstrip", takesSpaceBefore, "rstrip", false,
                "normalized", false, "special", true);
    }

    static Map<String, Object> gpt2() {
        return Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", true);
    }

    static Map<String, Object> split(String rule) {
        return Map.of("type", "Sequence", "pretokenizers", List.of(
                Map.of("type", "Split", "pattern", Map.of("Regex", rule), "behavior", "Isolated", "invert", false),
                Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", false)));
    }

    /** One that splits as GPT-2 does, and puts a token before each text. */
    static ByteLevelFile plain() {
        return new ByteLevelFile();
    }

    /** The same with another part. */
    ByteLevelFile with(String name, @Nullable Object part) {
        parts.put(name, part);
        return this;
    }

    Path write(Path to) throws IOException {
        return Files.writeString(to, new ObjectMapper().writeValueAsString(parts));
    }

    /** The letter that stands for a byte: itself where it can be seen, else one of those from 256 on, in turn. */
    private static String letter(int b) {
        if (seen(b)) {
            return String.valueOf((char) b);
        }
        int before = 0;
        for (int other = 0; other < b; other++) {
            before += seen(other) ? 0 : 1;
        }
        return String.valueOf((char) (256 + before));
    }

    private static boolean seen(int b) {
        return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
    }
}
