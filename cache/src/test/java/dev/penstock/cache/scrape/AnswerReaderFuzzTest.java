package dev.penstock.cache.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an engine answers: it ends with a body or with a reason, and is the same in whatever pieces it comes.
 * {@code JAZZER_FUZZ=1} lets the fuzzer look for more than the seeds.
 */
class AnswerReaderFuzzTest {

    private static final List<String> SEEDS = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n1f\r\n0"
                    + "123456789012345678901234567890\r\n0\r\nT: x\r\n\r\n",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nall of this",
            "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\n\r\n");
    private static final String ALPHABET = "\r\n 0123f:;HTP/.\u0000\u00ff-";

    private record Outcome(String body, boolean well, String refusal) {}

    @FuzzTest
    void shouldBeTheSameInPieces(FuzzedDataProvider data) {
        long pieces = data.consumeLong();
        check(data.consumeRemainingAsBytes(), new Random(pieces));
    }

    static Stream<Long> randomSeeds() {
        return Stream.of(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldBeTheSameInPiecesWhenItIsBroken(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                char letter = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, letter);
                    case 1 -> text.setCharAt(at, letter);
                    default -> text.deleteCharAt(at);
                }
            }
            check(text.toString().getBytes(StandardCharsets.ISO_8859_1), random);
        }
    }

    private static void check(byte[] answer, Random random) {
        Outcome byByte = read(answer, 1, random);
        assertThat(read(answer, 1 + random.nextInt(40), random)).isEqualTo(byByte);
        assertThat(byByte.well()).isEqualTo(byByte.refusal().isEmpty());
    }

    private static Outcome read(byte[] answer, int longest, Random random) {
        AnswerReader reader = new AnswerReader();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        AnswerReader.Progress progress = AnswerReader.Progress.MORE;
        int at = 0;
        // As a connection does it: what comes behind the end belongs to nobody.
        while (at < answer.length && progress == AnswerReader.Progress.MORE) {
            int piece = Math.min(answer.length - at, 1 + random.nextInt(longest));
            progress = reader.read(answer, at, at + piece, (bytes, from, to) -> {
                body.write(bytes, from, to - from);
                return true;
            });
            at += piece;
        }
        if (progress == AnswerReader.Progress.MORE) {
            progress = reader.closed();
        }
        Refusal refusal = reader.refusal();
        boolean trailing = refusal != null && refusal.detail().startsWith("bytes behind");
        return new Outcome(body.toString(StandardCharsets.ISO_8859_1),
                trailing || progress == AnswerReader.Progress.DONE,
                refusal == null || trailing ? "" : refusal.detail());
    }
}
