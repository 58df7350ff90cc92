package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A prefill engine and a decode engine, as a proxy talks to them. */
@Timeout(20)
class HandoverIT {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETION = "/v1/completions";
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi there\"}]";
    private static final String BASE = "{" + MESSAGES + ",\"max_tokens\":1,\"max_completion_tokens\":1,"
            + "\"stream\":false";
    private static final String ROOM = "\"bootstrap_host\":\"127.0.0.1\",\"bootstrap_port\":8998,\"bootstrap_room\":"
            + "9223372036854775807";

    private SimFleet fleet = SimFleet.builder().start();

    @AfterEach
    void close() {
        fleet.close();
    }

    private void start(KvConnector connector) {
        fleet.close();
        fleet = SimFleet.builder().engines(2).roles(EngineRole.PREFILL, EngineRole.DECODE).connector(connector)
                .time(TimeModel.zero()).outputTokens(4).start();
    }

    private RawClient.Answer prefill(String path, String body) throws IOException {
        return RawClient.post(fleet.engine(0), path, body);
    }

    private RawClient.Answer decode(String path, String body) throws IOException {
        return RawClient.post(fleet.engine(1), path, body);
    }

    private static void assertGenerated(RawClient.Answer answer) {
        assertThat(answer.body()).contains("[sim-1]");
        assertThat(answer.status()).isEqualTo(200);
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) Json.object(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldHandOverByTransferParameters() throws IOException {
        start(KvConnector.SHFS);
        RawClient.Answer first = prefill(CHAT, BASE
                + ",\"kv_transfer_params\":{\"do_remote_decode\":true,\"do_remote_prefill\":false}}");
        assertThat(first.json().at("/usage/completion_tokens").asInt()).isOne();
        ObjectNode params = (ObjectNode) first.json().path("kv_transfer_params");
        assertThat(params.at("/remote_block_ids/0").asLong()).isGreaterThan(1L << 62);
        ObjectNode second = object("{" + MESSAGES + "}");
        second.set("kv_transfer_params", params.put("remote_host", "127.0.0.1"));
        assertGenerated(decode(CHAT, second.toString()));
        RawClient.Answer again = decode(CHAT, second.toString());
        assertThat(again.status()).as("each transfer is taken once").isEqualTo(500);
        assertThat(again.body()).contains("no prefill engine holds the transfer");
    }

    @Test
    void shouldFindOutWhoDamagesNumbers() throws IOException {
        start(KvConnector.SHFS);
        ObjectNode params = (ObjectNode) prefill(CHAT, BASE
                + ",\"kv_transfer_params\":{\"do_remote_decode\":true,\"do_remote_prefill\":false}}").json()
                .path("kv_transfer_params");
        double rounded = params.at("/remote_block_ids/0").asDouble();
        params.put("remote_host", "h").putArray("remote_block_ids").add((long) rounded).add(1);
        ObjectNode second = object("{" + MESSAGES + "}");
        second.set("kv_transfer_params", params);
        RawClient.Answer answer = decode(CHAT, second.toString());
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("came back as");
    }

    @Test
    void shouldHandOverByTheWholeAnswer() throws IOException {
        start(KvConnector.NIXL);
        RawClient.Answer first = prefill(CHAT, BASE + "}");
        assertGenerated(decode(CHAT, "{" + MESSAGES + ",\"stream\":true,\"disagg_prefill_resp\":" + first.body()
                + "}"));
    }

    @Test
    void shouldHandOverByAnIdOfBothSides() throws IOException {
        start(KvConnector.MOONCAKE);
        prefill(CHAT, BASE + ",\"kv_transfer_params\":{\"do_remote_decode\":true,\"transfer_id\":\"x1\"}}");
        String second = "{" + MESSAGES + ",\"kv_transfer_params\":{\"do_remote_prefill\":true,\"transfer_id\":\"x1\","
                + "\"remote_bootstrap_addr\":\"http://h:1\",\"remote_engine_id\":\"sim-0\"}}";
        assertGenerated(decode(CHAT, second));
        assertThat(decode(CHAT, second).status()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {CHAT, COMPLETION})
    void shouldHandOverTheContextAndTheTokens(String path) throws IOException {
        start(KvConnector.TRTLLM);
        boolean chat = path.equals(CHAT);
        String prompt = chat ? MESSAGES : "\"prompt\":\"hi there\"";
        JsonNode first = prefill(path, "{" + prompt + ",\"max_tokens\":1,\"stream\":false,\"disaggregated_params\":"
                + "{\"request_type\":\"context_only\",\"disagg_request_id\":9007199254740993}}").json();
        ObjectNode params = (ObjectNode) first.path("disaggregated_params");
        params.put("request_type", "generation_only");
        assertThat(params.path("disagg_request_id").asLong()).isEqualTo(9007199254740993L);
        ObjectNode second = object("{" + prompt + "}");
        second.set("disaggregated_params", params);
        assertThat(decode(path, second.toString()).body()).contains("the tokens of the prompt");
        second.set(chat ? "prompt_token_ids" : "prompt", first.path("prompt_token_ids"));
        assertGenerated(decode(path, second.toString()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldMeetInARoomWhoeverComesFirst(boolean decodeFirst) throws IOException {
        start(KvConnector.SGLANG);
        if (decodeFirst) {
            try (RawClient second = new RawClient(fleet.engine(1))) {
                second.send(RawClient.request(CHAT, "{" + MESSAGES + "," + ROOM + "}"));
                fleet.engine(1).counters().requests().atLeast(1).orTimeout(5, TimeUnit.SECONDS).join();
                assertThat(prefill(CHAT, BASE + "," + ROOM + "}").status()).isEqualTo(200);
                assertGenerated(second.answer());
            }
        } else {
            assertThat(prefill(CHAT, BASE + "," + ROOM + "}").status()).isEqualTo(200);
            assertGenerated(decode(CHAT, "{" + MESSAGES + ",\"stream\":true," + ROOM + "}"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeclineWhatIsNotItsHalf(KvConnector connector) throws IOException {
        start(connector);
        RawClient.Answer whole = prefill(CHAT, "{" + MESSAGES + "}");
        assertThat(whole.status()).isEqualTo(400);
        assertThat(whole.body()).contains("one half of a request (expected: max_tokens: 1)");
        assertThat(decode(CHAT, "{" + MESSAGES + "}").status()).isEqualTo(400);
        assertThat(fleet.engine(1).counters().tokens().value()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "stream":true                           | stream: false
            "stream":false,"min_tokens":2           | no stream_options, no min_tokens
            "stream":false,"kv_transfer_params":{}  | kv_transfer_params.do_remote_decode: true""")
    void shouldSayWhatIsMissingOfTheFirstHalf(String fields, String expected) throws IOException {
        start(KvConnector.SHFS);
        RawClient.Answer answer = prefill(CHAT, "{" + MESSAGES + ",\"max_tokens\":1,\"max_completion_tokens\":1,"
                + fields + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains(expected);
    }

    @Test
    void shouldBelieveWhatItIsToldOfEnginesElsewhere() throws IOException {
        fleet.close();
        fleet = SimFleet.builder().roles(EngineRole.DECODE).connector(KvConnector.SGLANG).start();
        assertThat(RawClient.post(fleet.engine(0), CHAT, "{" + MESSAGES + "," + ROOM + "}").status()).isEqualTo(200);
    }

    @Test
    void shouldNameWhatThereIs() {
        assertThat(EngineRole.parse(" Prefill ")).isEqualTo(EngineRole.PREFILL);
        assertThat(KvConnector.parse("NIXL")).hasToString("nixl");
        assertThatThrownBy(() -> EngineRole.parse("x")).hasMessageContaining("both, prefill or decode");
        assertThatThrownBy(() -> KvConnector.parse("x")).hasMessageContaining("shfs, nixl, mooncake");
    }
}
