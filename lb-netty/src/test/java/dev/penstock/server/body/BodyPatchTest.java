package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyPatchTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}|{'stream_options':{'include_usage':true}}",
        "{ 'a':1}|{'stream_options':{'include_usage':true}, 'a':1}",
        "{'stream_options':null,'a':1}|{'stream_options':{'include_usage':true},'a':1}",
        "{'stream_options':{}}|{'stream_options':{'include_usage':true}}",
        "{'stream_options':{ }}|{'stream_options':{'include_usage':true }}",
        "{'stream_options':{'x':1}}|{'stream_options':{'include_usage':true,'x':1}}",
        "{'stream_options':{'include_usage':false}}|{'stream_options':{'include_usage':true}}",
        "{'stream_options':{'include_usage': null }}|{'stream_options':{'include_usage': true }}",
        "{'stream_options':{'include_usage':[1,{}]}}|{'stream_options':{'include_usage':true}}",
        "{'stream_options':{'include_usage':true}}|{'stream_options':{'include_usage':true}}",
        "{'stream_options':'x'}|{'stream_options':'x'}"})
    void shouldMakeUsageAskedFor(String before, String after) {
        assertThat(asked(before.replace('\'', '"'))).isEqualTo(after.replace('\'', '"'));
    }

    @Test
    void shouldLeaveEveryOtherByteAlone() throws Exception {
        JsonTexts texts = new JsonTexts(new Random(3));
        ObjectMapper jackson = new ObjectMapper();
        for (int i = 0; i < 3000; i++) {
            String body = texts.body();
            BodyFacts facts = Scans.facts(body);
            String edited = asked(body);
            BodyPatch patch = BodyPatch.includeUsage(facts);
            byte[] a = body.getBytes(StandardCharsets.UTF_8);
            byte[] b = edited.getBytes(StandardCharsets.UTF_8);
            assertThat(b.length - a.length).isEqualTo(patch.growth());
            int same = 0;
            while (same < Math.min(a.length, b.length) && a[same] == b[same]) {
                same++;
            }
            int tail = 0;
            while (tail < Math.min(a.length, b.length) - same && a[a.length - 1 - tail] == b[b.length - 1 - tail]) {
                tail++;
            }
            // One place differs, and it is where the options are.
            JsonNode before = jackson.readTree(body);
            JsonNode node = jackson.readTree(edited);
            JsonNode options = before.path("stream_options");
            if (options.isMissingNode() || options.isNull() || options.isObject()) {
                assertThat(node.path("stream_options").path("include_usage").booleanValue()).as(body).isTrue();
            }
            before.fieldNames().forEachRemaining(name -> {
                if (!name.equals("stream_options")) {
                    assertThat(node.get(name)).isEqualTo(before.get(name));
                }
            });
            assertThat(a.length - same - tail).isLessThanOrEqualTo(
                    Math.max(0, facts.end(BodyKey.STREAM_OPTIONS) - facts.start(BodyKey.STREAM_OPTIONS)));
        }
    }

    @Test
    void shouldComposeLargeBodiesOfTheirOwnBytes() {
        String text = "{\"n\":9223372036854775807,\"prompt\":\"" + "x".repeat(100_000) + "\"}";
        ByteBuf body = buffer(text);
        BodyPatch patch = BodyPatch.NONE.with(1, 0, "\"a\":1,").with(5, 19, "0").with(text.length() - 1, 1, "}");
        ByteBuf edited = patch.apply(body, ByteBufAllocator.DEFAULT);
        assertThat(edited.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":1,\"n\":0,\"prompt\":\"" + "x".repeat(100_000) + "\"}");
        assertThat(body.toString(StandardCharsets.UTF_8)).isEqualTo(text);
        edited.release();
        assertThat(body.refCnt()).isEqualTo(1);
        body.release();
    }

    @Test
    void shouldRefuseEditsOutOfOrder() {
        BodyPatch patch = BodyPatch.NONE.with(5, 2, "");
        assertThatThrownBy(() -> patch.with(6, 0, "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> patch.with(7, -1, "x")).isInstanceOf(IllegalArgumentException.class);
        ByteBuf body = buffer("{}");
        assertThatThrownBy(() -> patch.apply(body, ByteBufAllocator.DEFAULT))
                .isInstanceOf(IndexOutOfBoundsException.class);
        body.release();
    }

    private static String asked(String text) {
        ByteBuf body = buffer(text);
        ByteBuf edited = BodyPatch.includeUsage(Scans.facts(text)).apply(body, ByteBufAllocator.DEFAULT);
        String result = edited.toString(StandardCharsets.UTF_8);
        edited.release();
        body.release();
        return result;
    }

    private static ByteBuf buffer(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBufAllocator.DEFAULT.buffer().writeZero(3).skipBytes(3).writeBytes(bytes);
    }
}
