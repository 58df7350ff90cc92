package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.exchange.RawConnection.Message;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests whose prompt is computed at one pod and whose answer comes from another one: pods 0 and 1 prefill, pods 2
 * and 3 decode. After each test nothing may be in flight, held or leased.
 */
@Timeout(30)
class PrefillDecodeFlowTest {
    private static final String BASE = "\"max_tokens\":1,\"max_completion_tokens\":1,\"stream\":false";
    private static final String SHFS = "\"kv_transfer_params\":{\"do_remote_decode\":true,\"do_remote_prefill\":false,"
            + "\"remote_engine_id\":null,\"remote_block_ids\":null,\"remote_host\":null,\"remote_port\":null}";
    private static final String HANDED_OVER = "{\"id\":\"p\",\"kv_transfer_params\":{\"remote_block_ids\":[4,5],"
            + "\"remote_host\":null,\"remote_port\":8200},\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}";
    private static final String DECODE = "{\"kv_transfer_params\":{\"remote_block_ids\":[4,5],"
            + "\"remote_host\":\"127.0.0.1\",\"remote_port\":8200}," + Http.CHAT.substring(1);
    private static final String USAGE = "{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8},"
            + "\"choices\":[]}";

    private final FakeEngine[] pods = {new FakeEngine(), new FakeEngine(), new FakeEngine(), new FakeEngine()};
    private final TestProxy proxy = new TestProxy(pods[0].port, pods[1].port, pods[2].port, pods[3].port);
    private final RawConnection client = proxy.connect();
    private final List<RawConnection> accepted = new ArrayList<>();

    PrefillDecodeFlowTest() {
        proxy.settings.strategy = "pair-shfs";
    }

    @AfterEach
    void close() {
        proxy.awaitIdle();
        client.close();
        proxy.close();
        accepted.forEach(RawConnection::close);
        for (FakeEngine pod : pods) {
            pod.close();
        }
    }

    private RawConnection accept(int pod) {
        RawConnection connection = pods[pod].accept();
        accepted.add(connection);
        return connection;
    }

    private RawConnection asked(int pod) {
        RawConnection connection = accept(pod);
        connection.readMessage();
        return connection;
    }

    /** The pair works from here on: pod and pod compute and answer. */
    private Message answeredBy(int prefill, int decode) {
        asked(prefill).send(Http.ok(HANDED_OVER));
        asked(decode).send(Http.ok(Http.ANSWER));
        Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("prefill-target-pod")).isEqualTo("pod-" + prefill);
        assertThat(answer.header("target-pod")).isEqualTo("pod-" + decode);
        return answer;
    }

    private long legs(String outcome) {
        return proxy.count("penstock_prefill_legsoutcome/" + outcome);
    }

    // ---- as planned

    @Test
    void shouldComputeThePromptAtOnePodAndAnswerFromTheOther() throws InterruptedException {
        client.send(Http.chat("authorization: Bearer k", "traceparent: 00-" + "a".repeat(32) + "-" + "b".repeat(16)
                + "-01", "x-request-id: mine", "accept-encoding: gzip").replace("application/json", "text/plain"));
        RawConnection prefill = accept(0);
        Message first = prefill.readMessage();
        assertThat(first.firstLine()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
        assertThat(first.body()).isEqualTo("{" + BASE + ',' + SHFS + ',' + Http.CHAT.substring(1));
        assertThat(first.header("authorization")).isEqualTo("Bearer k");
        assertThat(first.header("traceparent")).startsWith("00-" + "a".repeat(32));
        assertThat(first.header("x-request-id")).isEqualTo("mine");
        assertThat(first.header("content-type")).isEqualTo("application/json");
        assertThat(first.header("accept-encoding")).isNull();
        assertThat(first.header("target-pod")).isEqualTo("127.0.0.1:" + pods[0].port);
        assertThat(pods[2].untouched()).isTrue();
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(0))).isEqualTo(1);
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(2))).isEqualTo(1);

        prefill.send(Http.ok(HANDED_OVER));
        RawConnection decode = accept(2);
        Message second = decode.readMessage();
        assertThat(second.body()).isEqualTo(DECODE);
        assertThat(second.header("x-request-id")).isEqualTo("mine");
        assertThat(second.header("accept-encoding")).isEqualTo("gzip");
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(0))).isZero();
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(2))).isEqualTo(1);

        decode.send(Http.ok(Http.ANSWER, "prefill-target-pod: mine"));
        Message answer = client.readMessage();
        assertThat(answer.body()).isEqualTo(Http.ANSWER);
        assertThat(answer.header("target-pod")).isEqualTo("pod-2");
        assertThat(answer.header("target-pod-ip")).isEqualTo("127.0.0.1:" + pods[2].port);
        assertThat(answer.header("prefill-target-pod")).isEqualTo("pod-0");
        // [BUG] AIBrix leaves the port away.
        assertThat(answer.header("prefill-target-pod-ip")).isEqualTo("127.0.0.1:" + pods[0].port);
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(3, 5));
        assertThat(legs("completed")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "nixl|{\"id\":1}|{\"disagg_prefill_resp\":{\"id\":1},",
        "trtllm|{\"disaggregated_params\":{\"a\":1},\"prompt_token_ids\":[7]}|"
                + "{\"disaggregated_params\":{\"request_type\":\"generation_only\",\"a\":1},\"prompt_token_ids\":[7],",
        "mooncake|{\"kv_transfer_params\":{\"a\":1}}|{\"kv_transfer_params\":{\"remote_host\":\"127.0.0.1\",\"a\":1},",
        "other|{\"id\":1}|{"})
    void shouldHandOverAsTheConnectorHasIt(String connector, String handedOver, String decodeBody) {
        client.send(Http.chat("routing-strategy: pair-" + connector));
        asked(0).send(Http.ok(handedOver));
        RawConnection decode = accept(2);
        assertThat(decode.readMessage().body()).isEqualTo(decodeBody + Http.CHAT.substring(1));
        decode.send(Http.ok(Http.ANSWER));
        assertThat(client.readMessage().body()).isEqualTo(Http.ANSWER);
        assertThat(legs("completed")).isEqualTo(1);
    }

    @Test
    void shouldStreamFromTheDecodePodAndCountUsageOnce() throws InterruptedException {
        client.send(Http.stream());
        RawConnection prefill = accept(0);
        assertThat(prefill.readMessage().body()).isEqualTo("{\"max_tokens\":1,\"max_completion_tokens\":1," + SHFS
                + ",\"model\":\"m\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
        prefill.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
                + Http.chunk(HANDED_OVER.substring(0, 20)) + Http.chunk(HANDED_OVER.substring(20)) + Http.LAST_CHUNK);
        RawConnection decode = accept(2);
        // Usage is asked for in the client's place, and taken out again.
        assertThat(decode.readMessage().body()).startsWith("{\"kv_transfer_params\":{\"remote_block_ids\"")
                .contains(",\"stream_options\":{\"include_usage\":true},\"model\":\"m\",\"stream\":true");
        decode.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")));
        client.readHead();
        assertThat(client.readChunk()).isEqualTo(Http.event("{\"n\":1}"));
        decode.send(Http.chunk(Http.event(USAGE)) + Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        assertThat(client.readChunk()).isEqualTo(Http.event("[DONE]"));
        assertThat(client.readChunk()).isEmpty();
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(3, 5));
    }

    @Test
    void shouldServeClientsOfHttp2Alike() {
        try (Http2Client second = new Http2Client(proxy.address())) {
            var asked = second.post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"p\"}");
            asked(0).send(Http.ok(HANDED_OVER));
            RawConnection decode = accept(2);
            assertThat(decode.readMessage().body()).endsWith("},\"model\":\"m\",\"prompt\":\"p\"}");
            decode.send(Http.ok(Http.ANSWER));
            Http2Client.Answer answer = asked.answer();
            assertThat(answer.body()).isEqualTo(Http.ANSWER);
            assertThat(answer.header("prefill-target-pod")).isEqualTo("pod-0");
        }
    }

    @Test
    void shouldUseConnectionsOfThePoolsAgain() {
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        prefill.send(Http.ok(HANDED_OVER));
        RawConnection decode = asked(2);
        decode.send(Http.ok(Http.ANSWER));
        client.readMessage();
        client.send(Http.chat());
        prefill.readMessage();
        prefill.send(Http.ok(HANDED_OVER));
        decode.readMessage();
        decode.send(Http.ok(Http.ANSWER));
        assertThat(client.readMessage().status()).isEqualTo(200);
        assertThat(proxy.proxy.upstreamConnections()).isEqualTo(2);
    }

    @Test
    void shouldCallBothPodsOfSglangAtOnce() throws InterruptedException {
        client.send(Http.stream("routing-strategy: pair-sglang"));
        RawConnection prefill = accept(0);
        RawConnection decode = accept(2);
        String bootstrap = "\"bootstrap_host\":\"127.0.0.1\",\"bootstrap_port\":8998,\"bootstrap_room\":";
        String first = prefill.readMessage().body();
        String second = decode.readMessage().body();
        assertThat(second).startsWith("{" + bootstrap);
        String room = second.substring(1, second.indexOf(",\"stream_options\""));
        assertThat(first).contains(room).contains("\"stream\":false");

        decode.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")));
        client.readHead();
        assertThat(client.readChunk()).isEqualTo(Http.event("{\"n\":1}"));
        prefill.send(Http.ok("{}"));
        TestProxy.await("prefilled", () -> legs("completed") == 1);
        decode.send(Http.chunk(Http.event(USAGE)) + Http.LAST_CHUNK);
        assertThat(client.readChunk()).isEmpty();
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(3, 5));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/v1/embeddings|{\"model\":\"m\",\"input\":\"a\"}",
        "/v1/responses|{\"model\":\"m\",\"input\":\"a\"}",
        "/v1/messages|{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"})
    void shouldSendACallThatIsNotDividedToTheDecodePodAlone(String path, String body) {
        client.send(Http.post(path, body));
        RawConnection decode = accept(2);
        assertThat(decode.readMessage().body()).isEqualTo(body);
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(0))).isZero();
        decode.send(Http.ok("{}"));
        Message answer = client.readMessage();
        assertThat(answer.header("target-pod")).isEqualTo("pod-2");
        assertThat(answer.header("prefill-target-pod")).isNull();
        assertThat(proxy.count("penstock_prefill_undivided")).isEqualTo(1);
    }

    @Test
    void shouldRefuseAControlledKeyThatComesTwiceBeforeAnythingIsSent() {
        String body = "{\"model\":\"m\",\"bootstrap_room\":1,\"bootstrap_room\":2,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"hi\"}]}";
        Message answer = client.send(Http.post("/v1/chat/completions", body, "routing-strategy: pair-sglang"))
                .readMessage();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("ambiguous key").contains("\"param\":\"bootstrap_room\"");
        assertThat(pods[0].untouched()).isTrue();
        assertThat(pods[2].untouched()).isTrue();
    }

    // ---- the prefill pod fails

    @Test
    void shouldTakeAnotherPairWhenThePrefillPodRefusesToConnect() {
        pods[0].close();
        client.send(Http.chat());
        answeredBy(1, 2);
        assertThat(legs("unreachable")).isEqualTo(1);
        assertThat(proxy.count("penstock_retriesreason/connect")).isEqualTo(1);
        assertThat(proxy.health.told()).contains("pod-0 failed CONNECT", "pod-1 completed", "pod-2 completed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"500 Oh No|{\"error\":\"mine\"}|failed|prefill",
        "302 Found|{}|failed|prefill", "200 OK|no json|unusable|prefill", "200 OK|[]|unusable|prefill",
        "429 Too Many Requests|{}|overloaded|overloaded", "503 Service Unavailable|{}|overloaded|overloaded"})
    void shouldTakeAnotherPairWhenThePrefillPodFails(String status, String body, String outcome, String reason) {
        client.send(Http.chat());
        asked(0).send(Http.answer(status, body));
        answeredBy(1, 2);
        assertThat(legs(outcome)).isEqualTo(1);
        assertThat(proxy.count("penstock_retriesreason/" + reason)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a\"",
        "no http\r\n"})
    void shouldTakeAnotherPairWhenThePrefillPodBreaksOff(String sent) {
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        prefill.send(sent);
        prefill.close();
        answeredBy(1, 2);
        assertThat(legs("reset")).isEqualTo(1);
    }

    @Test
    void shouldTakeAnotherPairWhenThePromptTakesTooLong() {
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        proxy.clock.addSeconds(11);
        assertThat(prefill.readToEnd()).isIn("", "<reset>");
        answeredBy(1, 2);
        assertThat(legs("timeout")).isEqualTo(1);
        assertThat(proxy.health.told()).contains("pod-0 failed FIRST_BYTE");
    }

    @Test
    void shouldCallOnceMoreOnANewConnectionWhereAnIdleOneWasClosed() {
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        prefill.send(Http.ok(HANDED_OVER));
        RawConnection decode = asked(2);
        decode.send(Http.ok(Http.ANSWER));
        client.readMessage();
        client.send(Http.chat());
        prefill.readMessage();
        prefill.reset();
        asked(0).send(Http.ok(HANDED_OVER));
        decode.readMessage();
        decode.send(Http.ok(Http.ANSWER));
        assertThat(client.readMessage().header("prefill-target-pod")).isEqualTo("pod-0");
        assertThat(proxy.count("penstock_retriesreason/stale")).isEqualTo(1);
        assertThat(legs("reset")).isZero();
    }

    @Test
    void shouldTakeAnotherPairWhereAnAnswerIsLargerThanABodyMayBe() {
        proxy.settings.bodyLimit = 2_000;
        client.send(Http.chat());
        asked(0).send(Http.ok("{\"a\":\"" + "x".repeat(3_000) + "\"}"));
        RawConnection second = asked(1);
        second.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + Http.chunk("{\"a\":\"")
                + Http.chunk("x".repeat(3_000)));
        assertThat(client.readMessage().body()).contains("no prefill endpoint computed the prompt");
        assertThat(legs("unusable")).isEqualTo(2);
    }

    @Test
    void shouldRelayWhatThePrefillPodFindsWrongWithTheRequest() {
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        prefill.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 20\r\nx-engine: yes\r\n\r\n{\"error\":");
        String head = client.readHead();
        assertThat(head).startsWith("HTTP/1.1 400 ").contains("x-engine: yes", "target-pod: pod-0\r\n");
        assertThat(client.read(9)).isEqualTo("{\"error\":");
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(0))).as("until its last byte").isEqualTo(1);
        prefill.send("\"too long\"}");
        assertThat(client.read(11)).isEqualTo("\"too long\"}");
        assertThat(legs("refused")).isEqualTo(1);
        assertThat(pods[1].untouched()).isTrue();
        assertThat(pods[2].untouched()).isTrue();
    }

    @Test
    void shouldTellThatNoPromptWasComputedWhenAllPairsHaveFailed() {
        client.send(Http.chat());
        asked(0).send(Http.answer("500 Oh No", "{}"));
        asked(1).send(Http.answer("500 Oh No", "{}"));
        Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("x-error-upstream")).isEqualTo("true");
        assertThat(answer.body()).contains("no prefill endpoint computed the prompt");
        assertThat(proxy.count("penstock_errorserror/prefill_failed")).isEqualTo(1);
    }

    @Test
    void shouldTellThatThePromptTookTooLongWhereThereIsNoOtherPair() {
        proxy.settings.maxRetries = 0;
        client.send(Http.chat());
        asked(0);
        proxy.clock.addSeconds(11);
        Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body()).contains("timed out computing the prompt");
    }

    @Test
    void shouldRelayTheOverloadOfTheOnlyPrefillPod() {
        proxy.settings.maxRetries = 0;
        client.send(Http.chat());
        asked(0).send(Http.answer("429 Too Many Requests", "{\"error\":\"busy\"}", "retry-after: 7"));
        Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("7");
        assertThat(answer.body()).isEqualTo("{\"error\":\"busy\"}");
    }

    @Test
    void shouldNotTryAnotherPairBeyondTheBudget() {
        proxy.settings.retryPercent = 0;
        client.send(Http.chat());
        asked(0).send(Http.answer("500 Oh No", "{}"));
        assertThat(client.readMessage().status()).isEqualTo(503);
        assertThat(proxy.count("penstock_retries_refused")).isEqualTo(1);
        assertThat(pods[1].untouched()).isTrue();
    }

    // ---- the decode pod fails

    @Test
    void shouldComputeThePromptAgainForAnotherPairWhenTheDecodePodFails() {
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        prefill.send(Http.ok(HANDED_OVER));
        RawConnection decode = asked(2);
        decode.reset();
        prefill.readMessage();
        prefill.send(Http.ok(HANDED_OVER));
        asked(3).send(Http.ok(Http.ANSWER));
        Message answer = client.readMessage();
        assertThat(answer.header("target-pod")).isEqualTo("pod-3");
        assertThat(answer.header("prefill-target-pod")).isEqualTo("pod-0");
        assertThat(legs("completed")).isEqualTo(2);
    }

    @Test
    void shouldTakeAnotherPairWhenTheDecodePodRefusesToConnectOrIsOverloaded() {
        pods[2].close();
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        prefill.send(Http.ok(HANDED_OVER));
        prefill.readMessage();
        prefill.send(Http.ok(HANDED_OVER));
        asked(3).send(Http.answer("503 Service Unavailable", "{\"error\":\"busy\"}"));
        Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(proxy.count("penstock_retriesreason/connect")).isEqualTo(1);
    }

    // ---- SGLang, where both are called at once

    @ParameterizedTest
    @CsvSource({"500 Oh No, failed", "503 Service Unavailable, overloaded"})
    void shouldEndTheDecodeLegAtOnceWhenThePrefillPodOfSglangFails(String status, String outcome) {
        client.send(Http.chat("routing-strategy: pair-sglang"));
        RawConnection prefill = asked(0);
        RawConnection decode = asked(2);
        prefill.send(Http.answer(status, "{}"));
        // In AIBrix it would wait for its own timeout, for the failure is only logged.
        assertThat(decode.readToEnd()).isIn("", "<reset>");
        RawConnection other = asked(1);
        asked(2).send(Http.ok(Http.ANSWER));
        assertThat(client.readMessage().header("prefill-target-pod")).isEqualTo("pod-1");
        assertThat(other.readToEnd()).as("its answer is there already").isIn("", "<reset>");
        assertThat(legs(outcome)).isEqualTo(1);
        assertThat(legs("canceled")).isEqualTo(1);
    }

    @Test
    void shouldRelayWhatThePrefillPodOfSglangFindsWrong() {
        client.send(Http.chat("routing-strategy: pair-sglang"));
        RawConnection prefill = asked(0);
        RawConnection decode = asked(2);
        prefill.send(Http.answer("422 Unprocessable", "{\"error\":\"mine\"}"));
        assertThat(client.readMessage().body()).isEqualTo("{\"error\":\"mine\"}");
        assertThat(decode.readToEnd()).isIn("", "<reset>");
    }

    @Test
    void shouldEndThePrefillLegWhenTheDecodePodOfSglangFails() {
        client.send(Http.chat("routing-strategy: pair-sglang"));
        RawConnection prefill = asked(0);
        asked(2).reset();
        assertThat(prefill.readToEnd()).isIn("", "<reset>");
        asked(0).send(Http.ok("{}"));
        asked(3).send(Http.ok(Http.ANSWER));
        assertThat(client.readMessage().header("target-pod")).isEqualTo("pod-3");
    }

    @Test
    void shouldGoOnWithAStreamThatHasBegunWhenThePrefillPodOfSglangFails() {
        client.send(Http.stream("routing-strategy: pair-sglang"));
        RawConnection prefill = asked(0);
        RawConnection decode = asked(2);
        decode.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")));
        client.readHead();
        client.readChunk();
        prefill.reset();
        TestProxy.await("failed", () -> legs("reset") == 1);
        decode.send(Http.chunk(Http.event("{\"n\":2}")) + Http.LAST_CHUNK);
        assertThat(client.readChunk()).isEqualTo(Http.event("{\"n\":2}"));
        assertThat(client.readChunk()).isEmpty();
        assertThat(pods[1].untouched()).isTrue();
    }

    @Test
    void shouldTellAnErrorInsideAStreamThatTheDecodePodBreaksOff() {
        client.send(Http.stream("routing-strategy: pair-sglang"));
        RawConnection prefill = asked(0);
        RawConnection decode = asked(2);
        decode.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")));
        client.readHead();
        client.readChunk();
        decode.reset();
        assertThat(client.readChunk()).contains("data: {\"error\":{\"message\":\"the endpoint closed the connection\"");
        assertThat(prefill.readToEnd()).isIn("", "<reset>");
    }

    // ---- ends

    @ParameterizedTest
    @ValueSource(strings = {"shfs", "sglang"})
    void shouldEndBothLegsWhenTheClientGoes(String connector) {
        client.send(Http.stream("routing-strategy: pair-" + connector));
        List<RawConnection> asked = new ArrayList<>(List.of(asked(0)));
        if (connector.equals("sglang")) {
            asked.add(asked(2));
        }
        client.reset();
        for (RawConnection pod : asked) {
            assertThat(pod.readToEnd()).isIn("", "<reset>");
        }
        assertThat(pods[2].untouched()).isTrue();
        TestProxy.await("canceled", () -> legs("canceled") == 1);
        assertThat(proxy.count("penstock_client_gone")).isEqualTo(1);
    }

    @Test
    void shouldEndTheDecodeLegWhenTheClientGoesInItsStream() {
        client.send(Http.stream());
        asked(0).send(Http.ok(HANDED_OVER));
        RawConnection decode = asked(2);
        decode.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")));
        client.readHead();
        client.reset();
        assertThat(decode.readToEnd()).isIn("", "<reset>");
    }

    @Test
    void shouldEndBothLegsAtTheDeadlineOfTheWholeRequest() {
        proxy.settings.totalMillis = 5_000;
        client.send(Http.chat());
        RawConnection prefill = asked(0);
        proxy.clock.addSeconds(6);
        assertThat(client.readMessage().status()).isEqualTo(504);
        assertThat(prefill.readToEnd()).isIn("", "<reset>");
    }

    @Test
    void shouldEndBothLegsWhenTheBalancerEnds() {
        client.send(Http.chat("routing-strategy: pair-sglang"));
        RawConnection prefill = asked(0);
        RawConnection decode = asked(2);
        proxy.proxy.endRequests();
        assertThat(client.readMessage().body()).contains("server shutdown in progress");
        assertThat(prefill.readToEnd()).isIn("", "<reset>");
        assertThat(decode.readToEnd()).isIn("", "<reset>");
    }
}
