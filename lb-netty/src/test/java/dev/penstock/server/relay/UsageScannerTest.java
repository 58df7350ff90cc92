package dev.penstock.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.body.Pieces;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.spi.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UsageScannerTest {
    private static final String CHUNK =
            "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";
    private static final String USAGE = "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
            + "\"completion_tokens\":3,\"total_tokens\":10}}\n\n";

    private final UsageScanner scanner = new UsageScanner(new ScanScratch());

    @Test
    void shouldReadUsageOfAnOpenAiStream() {
        scanSse(CHUNK + CHUNK + USAGE + "data: [DONE]\n\n");
        assertThat(scanner.usage()).isEqualTo(new Usage(7, 3));
        scanSse((CHUNK + USAGE + "data: [DONE]\n\n").replace("\n", "\r\n"));
        assertThat(scanner.usage()).isEqualTo(new Usage(7, 3));
    }

    @Test
    void shouldMergeUsageOfAnAnthropicStream() {
        scanSse("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"usage\":"
                + "{\"input_tokens\":25,\"cache_read_input_tokens\":9,\"output_tokens\":1}}}\n\n"
                + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"x\"}}\n\n"
                + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":"
                + "{\"output_tokens\":15}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        assertThat(scanner.usage()).isEqualTo(new Usage(25, 15));
    }

    @Test
    void shouldReadUsageAndIdOfAResponsesStream() {
        scanner.reset(UsageScanner.Mode.SSE, true);
        String created = "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":"
                + "\"resp_9\",\"usage\":null,\"error\":null}}\n\n";
        String completed = "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":"
                + "\"resp_9\",\"output\":\"" + "x".repeat(100_000) + "\",\"usage\":{\"input_tokens\":5,"
                + "\"output_tokens\":6,\"total_tokens\":11}}}\n\n";
        feed(created + completed);
        assertThat(scanner.responseId()).isEqualTo("resp_9");
        assertThat(scanner.usage()).isEqualTo(new Usage(5, 6));
        assertThat(scanner.broken()).isZero();
    }

    @Test
    void shouldNotTakeTheWordForTheThing() {
        scanSse("""
                data: {"choices":[{"delta":{"content":"\\"usage\\":{\\"prompt_tokens\\":9}"}}]}

                data: {"choices":[{"usage":{"prompt_tokens":9,"completion_tokens":9}}],"usage":null}

                data: {"choices":[],"x":{"usage":{"prompt_tokens":9}}}

                """);
        assertThat(scanner.usageSeen()).isFalse();
        assertThat(scanner.usage()).isEqualTo(Usage.UNKNOWN);
        assertThat(scanner.broken()).isZero();
    }

    @Test
    void shouldTakeTheLastOfSeveral() {
        scanSse("data: {\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}\n\n" + USAGE);
        assertThat(scanner.usage()).isEqualTo(new Usage(7, 3));
    }

    @Test
    void shouldCountWhatIsBroken() {
        scanSse("data: {\"usage\":{\"prompt_tokens\":7\n\ndata: not json\n\n" + CHUNK);
        assertThat(scanner.broken()).isEqualTo(1);
        assertThat(scanner.usageSeen()).isFalse();
    }

    @Test
    void shouldReadWholeJsonAnswers() {
        scanner.reset(UsageScanner.Mode.JSON, true);
        feed("{\"id\":\"resp_1\",\"error\":null,\"choices\":[{\"message\":{\"content\":\"\\\"usage\\\"\"}}],"
                + "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":2,\"details\":{\"prompt_tokens\":99}}}");
        assertThat(scanner.usage()).isEqualTo(new Usage(11, 2));
        assertThat(scanner.responseId()).isEqualTo("resp_1");
        scanner.reset(UsageScanner.Mode.JSON, false);
        feed("{\"data\":[{\"embedding\":[0.1,-2e-3]}],\"usage\":{\"total_tokens\":8,\"prompt_tokens\":8}}");
        assertThat(scanner.usage()).isEqualTo(new Usage(8, 0));
        assertThat(scanner.responseId()).isNull();
        scanner.reset(UsageScanner.Mode.JSON, false);
        feed("{\"usage\":{\"prompt_tokens\":8},");
        assertThat(scanner.broken()).isEqualTo(1);
        assertThat(scanner.usageSeen()).isFalse();
    }

    @Test
    void shouldReadTheSameFromTheEndAsFromTheWhole() {
        Random random = new Random(31);
        String[] values = {"{\"prompt_tokens\":3,\"completion_tokens\":4}", "null", "\"usage\"",
            "[{\"usage\":{\"prompt_tokens\":9}}]", "{\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}",
            "\"a \\\"usage\"", "\"\\\\\"", "1.5", "\"" + "x".repeat(1200) + "\""};
        String[] keys = {"usage", "id", "choices", "response", "x\\\"usage"};
        int fromEnd = 0;
        for (int i = 0; i < 4000; i++) {
            StringBuilder text = new StringBuilder("{");
            for (int n = random.nextInt(5); n >= 0; n--) {
                text.append('"').append(keys[random.nextInt(keys.length)]).append("\":")
                        .append(values[random.nextInt(values.length)]).append(n == 0 ? "}" : ",");
            }
            int length = text.length();
            scanner.reset(UsageScanner.Mode.JSON, false);
            feed(text.toString());
            String whole = scanner.usage() + " " + scanner.broken();
            scanner.reset(UsageScanner.Mode.JSON, false, length);
            new Pieces(1).feedWhole(text.toString().getBytes(StandardCharsets.UTF_8),
                    b -> scanner.payload(b, b.readerIndex(), b.readableBytes()));
            scanner.finish();
            assertThat(scanner.usage() + " " + scanner.broken()).as(text.toString()).isEqualTo(whole);
            fromEnd += scanner.usageSeen() ? 1 : 0;
        }
        assertThat(fromEnd).isGreaterThan(100);
    }

    @Test
    void shouldSeeTheSameHoweverTheStreamIsCut() {
        Random random = new Random(23);
        String[] scraps = {CHUNK, USAGE, "data: [DONE]\n\n", "data:{\"usage\":{\"prompt_tokens\":1}}\r\n\r\n",
            ": ping\n\n",
            "event: error\n", "data: {\"usage\":\n", "\n", "\r", "x".repeat(9000),
            CHUNK.replace("}]}", "}],\"usage\" : null}"),
            "data: {\"id\":\"resp_2\",\"a\":\"" + "y".repeat(8200) + "\",\"usage\":{\"output_tokens\":4}}\n"};
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(6); n > 0; n--) {
                text.append(scraps[random.nextInt(scraps.length)]);
            }
            byte[] stream = text.toString().getBytes(StandardCharsets.UTF_8);
            scanner.reset(UsageScanner.Mode.SSE, i % 2 == 0);
            new Pieces(1).feedWhole(stream, b -> scanner.payload(b, b.readerIndex(), b.readableBytes()));
            scanner.finish();
            String whole = outcome();
            scanner.reset(UsageScanner.Mode.SSE, i % 2 == 0);
            new Pieces(i).feed(stream, b -> scanner.payload(b, b.readerIndex(), b.readableBytes()));
            scanner.finish();
            assertThat(outcome()).as(text.toString()).isEqualTo(whole);
        }
    }

    private String outcome() {
        return scanner.usage() + " " + scanner.responseId();
    }

    private void scanSse(String stream) {
        scanner.reset(UsageScanner.Mode.SSE, false);
        feed(stream);
    }

    private void feed(String text) {
        new Pieces(text.length()).feed(text.getBytes(StandardCharsets.UTF_8),
                b -> scanner.payload(b, b.readerIndex(), b.readableBytes()));
        scanner.finish();
    }
}
