package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyScannerTest {
    private final ObjectMapper jackson = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(JsonWalker.MAX_DEPTH).build())
            .build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Test
    void shouldFindWhatTheRequestSays() {
        String body = """
                 {"model":"llama \\u00e9\\ud83d\\ude00","stream": true, "max_tokens" :12,"user":"ann","n":1,
                 "previous_response_id":"resp_1","stream_options":{"x":1,"include_usage":false},"messages":[{}]}
                """;
        BodyFacts facts = Scans.facts(body);
        assertThat(facts.model()).isEqualTo("llama é😀");
        assertThat(facts.stream()).isTrue();
        assertThat(facts.maxTokens()).isEqualTo(12);
        assertThat(facts.user()).isEqualTo("ann");
        assertThat(facts.previousResponseId()).isEqualTo("resp_1");
        assertThat(facts.includeUsage()).isEqualTo(JsonKind.FALSE);
        assertThat(facts.kind(BodyKey.MESSAGES)).isEqualTo(JsonKind.ARRAY);
        assertThat(facts.shape(BodyKey.MESSAGES).count()).isEqualTo(1);
        assertThat(facts.kind(BodyKey.PROMPT)).isEqualTo(JsonKind.ABSENT);
        assertThat(facts.start(BodyKey.PROMPT)).isEqualTo(-1);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String options = new String(bytes, facts.start(BodyKey.STREAM_OPTIONS),
                facts.end(BodyKey.STREAM_OPTIONS) - facts.start(BodyKey.STREAM_OPTIONS), StandardCharsets.UTF_8);
        assertThat(options).isEqualTo("{\"x\":1,\"include_usage\":false}");
        assertThat(facts.length()).isEqualTo(bytes.length);
    }

    @Test
    void shouldPreferMaxTokensOverItsNewerNames() {
        assertThat(Scans.facts("{\"max_completion_tokens\":7,\"max_tokens\":3}").maxTokens()).isEqualTo(3);
        assertThat(Scans.facts("{\"max_completion_tokens\":7,\"max_tokens\":null}").maxTokens()).isEqualTo(7);
        assertThat(Scans.facts("{\"max_output_tokens\":5}").maxTokens()).isEqualTo(5);
        assertThat(Scans.facts("{\"max_tokens\":1.5}").maxTokens()).isEqualTo(-1);
        assertThat(Scans.facts("{\"max_tokens\":-4}").maxTokens()).isEqualTo(-1);
        assertThat(Scans.facts("{\"max_tokens\":99999999999999999999}").maxTokens()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"model\":\"a\",\"model\":\"b\"}",
        "{\"model\":\"a\",\"x\":{},\"model\":\"a\"}",
        "{\"m\\u006fdel\":\"a\"}",
        "{\"\\u006dodel\":\"a\",\"model\":\"b\"}",
        "{\"model\\u0000\":\"a\"}",
        "{\"stream\":true,\"stream\":false}",
        "{\"messages\":[],\"messages\":[1]}",
        "{\"stream_options\":{\"include_usage\":true,\"include_usage\":false}}",
        "{\"stream_options\":{\"include\\u005fusage\":true}}",
        "{\"stream_options\":{},\"stream_options\":null}"})
    void shouldRefuseKeysThatTwoParsersReadDifferently(String body) {
        assertThat(Scans.error(body)).isEqualTo(ErrorCode.AMBIGUOUS_BODY);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"x\":1,\"x\":2}",
        "{\"messages\":[{\"model\":1,\"model\":2,\"m\\u006fdel\":3}]}",
        "{\"metadata\":{\"model\":\"a\",\"model\":\"b\"},\"model\":\"c\"}",
        "{\"t\\u0065mperature\":1}",
        "{\"x\":{\"include_usage\":1,\"include_usage\":1}}"})
    void shouldLeaveOtherKeysToTheEngine(String body) {
        assertThat(Scans.error(body)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "null", "1", "\"a\"", "[]", "[{}]", "{", "{}}", "{} x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
        "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":1e+}",
        "{\"a\":tru}", "{\"a\":True}", "{\"a\":nul}", "{'a':1}", "{a:1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\n\"}", "{\"a\":\"\u0000\"}", "{\"a\":[1,]}", "{\"a\":[1 2]}", "{\"a\":NaN}", "{\"a\":1/*c*/}",
        "\ufeff{}", "{\"a\":1}{\"a\":1}", "{\"model\":\"\\ud800\"}", "{\"model\":\"\\udc00\\ud800x\"}"})
    void shouldRefuseWhatIsNotJson(String body) {
        assertThat(Scans.error(body)).isEqualTo(ErrorCode.INVALID_BODY);
    }

    @Test
    void shouldRefuseInvalidUtf8Anywhere() {
        int[][] bad = {{0x80}, {0xc0, 0x80}, {0xc1, 0xbf}, {0xe0, 0x9f, 0xbf}, {0xed, 0xa0, 0x80},
            {0xf0, 0x8f, 0xbf, 0xbf}, {0xf4, 0x90, 0x80, 0x80}, {0xf5, 0x80, 0x80, 0x80}, {0xe2, 0x82}, {0xff}};
        for (int[] sequence : bad) {
            byte[] bytes = "{\"a\":\"????\"}".getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < sequence.length; i++) {
                bytes[6 + i] = (byte) sequence[i];
            }
            assertThat(Scans.error(bytes)).as(Arrays.toString(sequence)).isEqualTo(ErrorCode.INVALID_BODY);
        }
    }

    @Test
    void shouldBoundTheDepth() {
        int most = JsonWalker.MAX_DEPTH - 1;
        assertThat(Scans.error("{\"a\":" + "[".repeat(most) + "]".repeat(most) + "}")).isNull();
        assertThat(Scans.error("{\"a\":" + "[".repeat(most + 1) + "]".repeat(most + 1) + "}"))
                .isEqualTo(ErrorCode.INVALID_BODY);
    }

    @Test
    void shouldSayWhyAndWhere() {
        BodyScanner scanner = new BodyScanner(new ScanScratch());
        scanner.reset(false);
        new Pieces(1).feed("{\"a\":1,]".getBytes(StandardCharsets.US_ASCII), scanner::scan);
        assertThat(scanner.finish()).isEqualTo(new Violation(ErrorCode.INVALID_BODY,
                "error processing request body: expected a key at byte 7", null));
    }

    @Test
    void shouldFindTheSameHoweverTheBodyIsCut() {
        Random random = new Random(7);
        JsonTexts texts = new JsonTexts(random);
        BodyScanner scanner = new BodyScanner(new ScanScratch());
        for (int i = 0; i < 3000; i++) {
            String text = texts.body();
            byte[] body = i % 3 == 0 ? texts.broken(text) : text.getBytes(StandardCharsets.UTF_8);
            String whole = outcome(scanner, body, piece -> new Pieces(1).feedWhole(body, piece));
            long seed = random.nextLong();
            String cut = outcome(scanner, body, piece -> new Pieces(seed).feed(body, piece));
            assertThat(cut).as(text).isEqualTo(whole);
        }
    }

    @Test
    void shouldAgreeWithJackson() {
        Random random = new Random(11);
        JsonTexts texts = new JsonTexts(random);
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            String text = texts.body();
            byte[] body = i % 2 == 0 ? text.getBytes(StandardCharsets.UTF_8) : texts.broken(text);
            ErrorCode error = Scans.error(body);
            if (error == ErrorCode.AMBIGUOUS_BODY) {
                continue;
            }
            JsonNode expected = parse(body);
            if (error != null && expected != null && error == ErrorCode.INVALID_BODY && hasHalfPair(expected)) {
                continue;
            }
            assertThat(error == null).as(new String(body, StandardCharsets.UTF_8)).isEqualTo(expected != null);
            if (expected == null) {
                refused++;
            } else {
                accepted++;
                compare(Scans.facts(new String(body, StandardCharsets.UTF_8)), expected);
            }
        }
        assertThat(accepted).isGreaterThan(5_000);
        assertThat(refused).isGreaterThan(1_500);
    }

    private static boolean hasHalfPair(JsonNode node) {
        return node.path("model").asText().codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff)
                || node.path("user").asText().codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff)
                || node.path("previous_response_id").asText().codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff);
    }

    private static void compare(BodyFacts facts, JsonNode expected) {
        for (BodyKey key : BodyKey.values()) {
            JsonNode node = expected.get(key.text());
            assertThat(facts.kind(key)).as(key.text()).isEqualTo(kind(node));
            if (node != null) {
                boolean empty = node.isTextual()
                        ? node.textValue().isEmpty()
                        : node.isContainerNode() && node.isEmpty();
                assertThat(facts.empty(key)).isEqualTo(empty);
                if (node.isArray()) {
                    assertThat(facts.shape(key).count()).isEqualTo(node.size());
                }
            }
        }
        assertThat(facts.model()).isEqualTo(text(expected.get("model")));
        assertThat(facts.user()).isEqualTo(text(expected.get("user")));
        JsonNode options = expected.path("stream_options");
        assertThat(facts.includeUsage()).isEqualTo(kind(options.isObject() ? options.get("include_usage") : null));
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        return node == null || !node.isTextual() ? null : node.textValue();
    }

    private static JsonKind kind(@Nullable JsonNode node) {
        if (node == null) {
            return JsonKind.ABSENT;
        }
        return switch (node.getNodeType()) {
            case NULL -> JsonKind.NULL;
            case BOOLEAN -> node.booleanValue() ? JsonKind.TRUE : JsonKind.FALSE;
            case NUMBER -> node.isIntegralNumber() ? JsonKind.INTEGER : JsonKind.DECIMAL;
            case STRING -> JsonKind.STRING;
            case ARRAY -> JsonKind.ARRAY;
            case OBJECT -> JsonKind.OBJECT;
            default -> throw new AssertionError(node);
        };
    }

    private @Nullable JsonNode parse(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            JsonNode node = jackson.readTree(text);
            return node.isObject() ? node : null;
        } catch (CharacterCodingException | JsonProcessingException e) {
            return null;
        }
    }

    private interface Feeding {
        void feed(Consumer<ByteBuf> taker);
    }

    private static String outcome(BodyScanner scanner, byte[] body, Feeding feeding) {
        scanner.reset(true);
        feeding.feed(scanner::scan);
        Violation violation = scanner.finish();
        if (violation != null) {
            return violation.toString();
        }
        BodyFacts facts = scanner.facts();
        StringBuilder out = new StringBuilder();
        for (BodyKey key : BodyKey.values()) {
            out.append(key).append(facts.kind(key)).append(facts.start(key)).append(facts.end(key))
                    .append(facts.empty(key)).append(facts.shape(key));
        }
        return out.append(facts.model()).append(facts.user()).append(facts.previousResponseId())
                .append(facts.maxTokens()).append(facts.includeUsage()).append(Arrays.toString(facts.spans()))
                .append(body.length).toString();
    }
}
