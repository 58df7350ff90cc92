package dev.penstock.server.disaggregated;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.server.body.BodyPatch;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.server.body.Violation;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two bodies of a request, connector by connector; what AIBrix does is told where this differs on purpose. */
class PairBodiesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "{ \"model\":\"m\", \"seed\": 9007199254740993,\n \"messages\":[{\"role\":"
            + "\"user\",\"content\":\"h\\u00e9 é\"}], \"tools\":[{\"b\":1,\"a\":2.50}], \"x\":1,\"x\":2 }";
    private static final String BASE = "\"max_tokens\":1,\"max_completion_tokens\":1,\"stream\":false";
    private static final PodView DECODE = pod("10.0.0.2", Map.of());

    private final ObjectScanner scanner = new ObjectScanner(new ScanScratch());
    private final SplittableRandom random = new SplittableRandom(7);
    private final Connectors connectors = new Connectors(new PrefillSettings(0, 5),
            InstantSource.fixed(Instant.parse("2023-01-01T00:00:01Z")));

    private static PodView pod(String host, Map<String, String> annotations) {
        return Pod.of(new PodIdentity("default", "pod", "uid"), host, 8000, 0, 0, "", "vllm", true, Map.of(),
                annotations);
    }

    private PairBodies bodies(String connector, String body) {
        return bodies(connector, pod("10.0.0.1", Map.of()), Api.CHAT_COMPLETIONS, body);
    }

    private PairBodies bodies(String connector, PodView prefill, Api api, String body) {
        return PairBodies.of(buffer(body), new Plan.PrefillDecode(prefill, DECODE, connector), api, "id-1", connectors,
                scanner, random);
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(UTF_8));
    }

    private static String edited(BodyPatch patch, String body) {
        ByteBuf edited = patch.apply(buffer(body), UnpooledByteBufAllocator.DEFAULT);
        try {
            return edited.toString(UTF_8);
        } finally {
            edited.release();
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static String decode(PairBodies bodies, String body, String answer) throws UnusableAnswerException {
        return edited(bodies.decode(buffer(answer)), body);
    }

    // ---- what every prefill body has

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"model\":\"m\"}|{" + BASE + ",\"model\":\"m\"}",
        "{\"model\":\"m\",\"stream\":true}|{\"max_tokens\":1,\"max_completion_tokens\":1,\"model\":\"m\","
                + "\"stream\":false}",
        "{\"max_tokens\" : 77 ,\"model\":\"m\"}|{\"max_completion_tokens\":1,\"stream\":false,\"max_tokens\" : 1 ,"
                + "\"model\":\"m\"}",
        "{\"stream_options\":{\"include_usage\":true},\"model\":\"m\"}|{" + BASE + ",\"model\":\"m\"}",
        "{\"model\":\"m\",\"stream_options\":{}}|{" + BASE + ",\"model\":\"m\"}",
        "{\"model\":\"m\", \"min_tokens\":3 , \"stream_options\":{} }|{" + BASE + ",\"model\":\"m\" }",
        "{\"min_tokens\":3,\"stream_options\":{},\"model\":\"m\",\"min\":1}|{" + BASE + ",\"model\":\"m\",\"min\":1}",
        "{\"min_tokens\":3,\"model\":\"m\",\"stream_options\":null}|{" + BASE + ",\"model\":\"m\"}",
        "{\"model\":\"m\",\"max_tokens\":9,\"min_tokens\":3}|{\"max_completion_tokens\":1,\"stream\":false,"
                + "\"model\":\"m\",\"max_tokens\":1}",
        "{\"model\":\"m\",\"min_tokens\":3,\"max_tokens\":9,\"stream_options\":{}}|{\"max_completion_tokens\":1,"
                + "\"stream\":false,\"model\":\"m\",\"max_tokens\":1}",
        "{\"min_tokens\":3}|{" + BASE + "}",
        "{}|{" + BASE + "}"})
    void shouldAskForOneTokenAndNoStream(String body, String expected) {
        assertThat(edited(bodies("other", body).prefill(), body)).isEqualTo(expected);
    }

    @Test
    void shouldKeepEveryOtherByteWhereAibrixDamagesNumbersAndOrderByBugOfFloat64() {
        for (String connector : new String[] {"shfs", "nixl", "other"}) {
            String prefill = edited(bodies(connector, CHAT).prefill(), CHAT);
            assertThat(prefill).as(connector).endsWith(CHAT.substring(1)).contains("9007199254740993");
        }
    }

    @Test
    void shouldSendTheDecodeBodyAsItIsWhereNothingIsHandedOver() throws UnusableAnswerException {
        PairBodies bodies = bodies("other", CHAT);
        assertThat(bodies.parallel()).isFalse();
        assertThat(decode(bodies, CHAT, "{\"kv_transfer_params\":{}}")).isEqualTo(CHAT);
        assertThat(bodies.handedOver()).isTrue();
    }

    // ---- vLLM

    @Test
    void shouldAskVllmToKeepWhatItComputesForShfsAlone() {
        JsonNode params = json(edited(bodies("SHFS", CHAT).prefill(), CHAT)).get("kv_transfer_params");
        assertThat(params).isEqualTo(json("{\"do_remote_decode\":true,\"do_remote_prefill\":false,"
                + "\"remote_engine_id\":null,\"remote_block_ids\":null,\"remote_host\":null,\"remote_port\":null}"));
        assertThat(json(edited(bodies("nixl", CHAT).prefill(), CHAT)).has("kv_transfer_params")).isFalse();
        assertThat(json(edited(bodies("other", CHAT).prefill(), CHAT)).has("kv_transfer_params")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"remote_host\":null,\"remote_port\":8200}|{\"remote_host\":\"10.0.0.1\",\"remote_port\":8200}",
        "{\"remote_block_ids\":[1, 18446744073709551615],\"remote_host\" : \"0.0.0.0\"}|"
                + "{\"remote_block_ids\":[1, 18446744073709551615],\"remote_host\" : \"10.0.0.1\"}",
        "{ \"remote_port\":1}|{\"remote_host\":\"10.0.0.1\", \"remote_port\":1}",
        "{}|{\"remote_host\":\"10.0.0.1\"}"})
    void shouldCopyVllmsParametersWithThePodsAddress(String params, String expected) throws UnusableAnswerException {
        PairBodies bodies = bodies("shfs", CHAT);
        String decode = decode(bodies, CHAT, "{\"id\":\"a\",\"kv_transfer_params\":" + params + ",\"choices\":[]}");
        assertThat(decode).isEqualTo("{\"kv_transfer_params\":" + expected + ',' + CHAT.substring(1));
        assertThat(bodies.handedOver()).isTrue();
    }

    @Test
    void shouldOverwriteParametersOfTheClient() throws UnusableAnswerException {
        String body = "{\"model\":\"m\",\"kv_transfer_params\":{\"remote_host\":\"evil\"}}";
        PairBodies bodies = bodies("shfs", body);
        assertThat(edited(bodies.prefill(), body)).doesNotContain("evil");
        assertThat(decode(bodies, body, "{\"kv_transfer_params\":{\"a\":1}}"))
                .isEqualTo("{\"model\":\"m\",\"kv_transfer_params\":{\"remote_host\":\"10.0.0.1\",\"a\":1}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"kv_transfer_params\":null}", "{\"kv_transfer_params\":[1]}",
        "{\"kv_transfer_params\":\"text\"}"})
    void shouldLeaveTheDecodeBodyWhereVllmAnswersNoParameters(String answer) throws UnusableAnswerException {
        PairBodies bodies = bodies("shfs", CHAT);
        assertThat(decode(bodies, CHAT, answer)).isEqualTo(CHAT);
        assertThat(bodies.handedOver()).isFalse();
    }

    @Test
    void shouldWrapTheWholeAnswerForNixl() throws UnusableAnswerException {
        String answer = " {\"id\":\"a\", \"n\":9007199254740993,\"choices\":[{\"text\":\"}\"}]}\n";
        PairBodies bodies = bodies("nixl", CHAT);
        assertThat(decode(bodies, CHAT, answer))
                .isEqualTo("{\"disagg_prefill_resp\":" + answer + ',' + CHAT.substring(1));
        assertThat(bodies.handedOver()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "text", "{\"a\":1}}", "{\"choices\":01}"})
    void shouldNotUseAnAnswerThatIsNoJsonObject(String answer) {
        for (String connector : new String[] {"shfs", "nixl", "mooncake", "trtllm", "other"}) {
            PairBodies bodies = bodies(connector, CHAT);
            assertThatThrownBy(() -> decode(bodies, CHAT, answer)).as(connector)
                    .isInstanceOf(UnusableAnswerException.class);
        }
    }

    // ---- vLLM with Mooncake, which is a stub in AIBrix

    @Test
    void shouldAgreeOnATransferForMooncakeWhereAibrixHasAStub() throws UnusableAnswerException {
        PodView prefill = pod("10.0.0.1", Map.of(Connectors.MOONCAKE_ENGINE, "engine-7"));
        PairBodies bodies = bodies("mooncake", prefill, Api.CHAT_COMPLETIONS, CHAT);
        JsonNode asked = json(edited(bodies.prefill(), CHAT)).get("kv_transfer_params");
        JsonNode told = json(decode(bodies, CHAT, "{}")).get("kv_transfer_params");

        String id = asked.get("transfer_id").textValue();
        assertThat(id).startsWith("xfer-id-1-");
        assertThat(asked.get("do_remote_decode").booleanValue()).isTrue();
        assertThat(asked.get("do_remote_prefill").booleanValue()).isFalse();
        assertThat(told).isEqualTo(json("{\"do_remote_decode\":false,\"do_remote_prefill\":true,\"transfer_id\":\"" + id
                + "\",\"remote_bootstrap_addr\":\"http://10.0.0.1:8998\",\"remote_engine_id\":\"engine-7\"}"));
        assertThat(bodies.handedOver()).isTrue();
        assertThat(json(edited(bodies("mooncake", CHAT).prefill(), CHAT)).at("/kv_transfer_params/transfer_id")
                .textValue()).as("of another attempt").isNotEqualTo(id);
    }

    @Test
    void shouldFindMooncakesBootstrapServerWhereThePodSays() throws UnusableAnswerException {
        PodView prefill = pod("fd00::1", Map.of(Connectors.MOONCAKE_ENGINE, "e", Connectors.MOONCAKE_PORT, "9001"));
        PairBodies bodies = bodies("mooncake", prefill, Api.CHAT_COMPLETIONS, CHAT);
        assertThat(json(decode(bodies, CHAT, "{}")).at("/kv_transfer_params/remote_bootstrap_addr").textValue())
                .isEqualTo("http://[fd00::1]:9001");
    }

    @Test
    void shouldCopyWhatAMooncakeConnectorAnswersItself() throws UnusableAnswerException {
        PairBodies bodies = bodies("mooncake", CHAT);
        assertThat(json(decode(bodies, CHAT, "{\"kv_transfer_params\":{\"remote_port\":6}}")).get("kv_transfer_params"))
                .isEqualTo(json("{\"remote_host\":\"10.0.0.1\",\"remote_port\":6}"));
    }

    @Test
    void shouldLeaveMooncakesDecodeBodyWhereNobodySaysWhichEngine() throws UnusableAnswerException {
        PairBodies bodies = bodies("mooncake", CHAT);
        assertThat(decode(bodies, CHAT, "{}")).isEqualTo(CHAT);
        assertThat(bodies.handedOver()).isFalse();
    }

    // ---- SGLang

    @Test
    void shouldTellBothEndpointsOfSglangTheSameRoomAndKeepEveryOtherByte() {
        for (int i = 0; i < 100; i++) {
            PairBodies bodies = bodies("sglang", CHAT);
            assertThat(bodies.parallel()).isTrue();
            String prefill = edited(bodies.prefill(), CHAT);
            String decode = edited(bodies.decode(), CHAT);

            assertThat(json(prefill).get("bootstrap_host").textValue()).isEqualTo("10.0.0.1");
            assertThat(json(prefill).get("bootstrap_port").intValue()).isEqualTo(8998);
            JsonNode room = json(prefill).get("bootstrap_room");
            assertThat(room.isIntegralNumber()).isTrue();
            assertThat(room.longValue()).isNotNegative();
            assertThat(decode).isEqualTo("{\"bootstrap_host\":\"10.0.0.1\",\"bootstrap_port\":8998,\"bootstrap_room\":"
                    + room + ',' + CHAT.substring(1));
            assertThat(prefill).endsWith(CHAT.substring(1));
        }
    }

    @Test
    void shouldOverwriteWhatAClientSaysOfTheBootstrap() {
        String body = "{\"bootstrap_room\":1,\"bootstrap_host\":\"evil\",\"model\":\"m\",\"bootstrap_port\": 2}";
        PairBodies bodies = bodies("sglang", body);
        String decode = edited(bodies.decode(), body);
        assertThat(decode).matches("\\{\"bootstrap_room\":\\d+,\"bootstrap_host\":\"10\\.0\\.0\\.1\",\"model\":\"m\","
                + "\"bootstrap_port\": 8998}");
        assertThat(json(edited(bodies.prefill(), body)).get("bootstrap_room"))
                .isEqualTo(json(decode).get("bootstrap_room"));
    }

    @ParameterizedTest
    @CsvSource({"9123, 9123", "0, 8998", "65535, 65535", "65536, 8998", "-1, 8998", "'', 8998", "abc, 8998"})
    void shouldTakeThePortOfTheBootstrapFromThePod(String said, int port) {
        PodView prefill = pod("10.0.0.1", Map.of(Connectors.SGLANG_PORT, said));
        PairBodies bodies = bodies("sglang", prefill, Api.COMPLETIONS, CHAT);
        assertThat(json(edited(bodies.decode(), CHAT)).get("bootstrap_port").intValue()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bootstrap_host", "bootstrap_port", "bootstrap_room", "max_tokens", "max_completion_tokens",
        "stream", "stream_options", "min_tokens"})
    void shouldRefuseAControlledKeyThatComesTwiceOrIsDisguised(String key) {
        String escaped = "\\u00" + Integer.toHexString(key.charAt(0)) + key.substring(1);
        for (String second : new String[] {key, escaped}) {
            PairBodies bodies = bodies("sglang", "{\"" + key + "\":1,\"model\":\"m\",\"" + second + "\":2}");
            assertThat(bodies.violation()).as(second).isEqualTo(new Violation(ErrorCode.AMBIGUOUS_BODY,
                    "ambiguous key in the request body: " + key, key));
        }
    }

    @Test
    void shouldAllowOtherKeysTwice() {
        assertThat(bodies("sglang", "{\"a\":1,\"a\":2,\"model\":\"m\",\"o\":{\"stream\":1,\"stream\":2}}").violation())
                .isNull();
        // Nobody sets it for this connector.
        assertThat(bodies("shfs", "{\"bootstrap_room\":1,\"bootstrap_room\":2}").violation()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "\"text\"", "{\"a\":}", "{\"a\":1"})
    void shouldRefuseWhatIsNoJsonObject(String body) {
        assertThat(Objects.requireNonNull(bodies("sglang", body).violation()).code()).isEqualTo(ErrorCode.INVALID_BODY);
    }

    // ---- TensorRT-LLM

    @Test
    void shouldAskTensorRtForTheContextAlone() {
        String body = "{\"model\":\"m\",\"max_completion_tokens\":9,\"messages\":[]}";
        String prefill = edited(bodies("trtllm", body).prefill(), body);
        // A second after the epoch, machine 5, the first number.
        long id = (1000L << 22 | 5L << 12) + (1L << 42);
        assertThat(prefill).isEqualTo("{\"max_tokens\":1,\"stream\":false,\"disaggregated_params\":"
                + "{\"request_type\":\"context_only\",\"disagg_request_id\":" + id
                + "},\"model\":\"m\",\"messages\":[]}");
        assertThat(json(edited(bodies("trtllm", body).prefill(), body))
                .at("/disaggregated_params/disagg_request_id").longValue()).isEqualTo(id + 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"disaggregated_params\":%s,\"prompt_token_ids\":[1,2]}",
        "{\"choices\":[{\"index\":0,\"disaggregated_params\":%s},{\"disaggregated_params\":{}}],"
                + "\"prompt_token_ids\":[1,2]}",
        "{\"disaggregated_params\":null,\"choices\":[{\"disaggregated_params\":%s}],\"prompt_token_ids\":[1,2]}"})
    void shouldHandTheContextOverWithoutTouchingIts64BitNumbers(String answer) throws UnusableAnswerException {
        String params = "{\"request_type\":\"context_only\",\"ctx_request_id\":9223372036854775807,"
                + "\"opaque_state\":\"x==\"}";
        String said = answer.formatted(params);
        String expected = params.replace("context_only", "generation_only");
        String body = "{\"model\":\"m\",\"prompt\":\"text\"}";

        PairBodies completion = bodies("trtllm", pod("10.0.0.1", Map.of()), Api.COMPLETIONS, body);
        assertThat(decode(completion, body, said))
                .isEqualTo("{\"disaggregated_params\":" + expected + ",\"model\":\"m\",\"prompt\":[1,2]}");
        PairBodies chat = bodies("trtllm", CHAT);
        assertThat(decode(chat, CHAT, said)).isEqualTo("{\"disaggregated_params\":" + expected
                + ",\"prompt_token_ids\":[1,2]," + CHAT.substring(1));
        assertThat(chat.handedOver()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"disaggregated_params\":\"text\"}", "{\"disaggregated_params\":[1]}",
        "{\"choices\":[{\"disaggregated_params\":7}]}"})
    void shouldNotUseParametersOfAnUnexpectedType(String answer) {
        assertThatThrownBy(() -> decode(bodies("trtllm", CHAT), CHAT, answer))
                .isInstanceOf(UnusableAnswerException.class).hasMessage("disaggregated_params has unexpected type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"choices\":[]}", "{\"choices\":[{}]}", "{\"prompt_token_ids\":[1]}"})
    void shouldLeaveTheDecodeBodyWhereTensorRtAnswersNoParameters(String answer) throws UnusableAnswerException {
        PairBodies bodies = bodies("trtllm", CHAT);
        assertThat(decode(bodies, CHAT, answer)).isEqualTo(CHAT);
        assertThat(bodies.handedOver()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2022-06-01T00:00:00Z, 0", "2023-01-01T00:00:00Z, 0", "2026-11-22T00:00:00Z, 0",
        "2026-11-22T00:00:00Z, 1023", "2099-01-01T00:00:00Z, 1023"})
    void shouldNumberRequestsAboveThoseOfEnginesAndBelowTheLargestLong(Instant now, int machine) {
        RequestNumbers numbers = new RequestNumbers(InstantSource.fixed(now), machine);
        long first = numbers.next();
        for (int i = 1; i < 4096; i++) {
            assertThat(numbers.next()).isEqualTo(first + i).isBetween(1L << 42, Long.MAX_VALUE - 1);
        }
        assertThat(numbers.next()).as("the counter begins again").isEqualTo(first);
    }
}
