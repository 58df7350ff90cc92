package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartScannerTest {
    private static final String TYPE = "multipart/form-data; boundary=XX";

    private final MultipartScanner scanner = new MultipartScanner(new ScanScratch());

    @Test
    void shouldFindModelAndStream() {
        String body = part("file\"; filename=\"a.wav", "RIFF\r\n--X\r\n-\r\r\n--XY") + part("model", "whisper é")
                + part("stream", "true") + "--XX--\r\n";
        assertThat(facts(TYPE, body)).isEqualTo(new MultipartFacts("whisper é", true));
        assertThat(facts("Multipart/Form-Data;boundary=\"XX\"; charset=utf-8", body).model()).isEqualTo("whisper é");
    }

    @Test
    void shouldTakeFormsWithoutThem() {
        assertThat(facts(TYPE, part("x", "y") + "--XX--")).isEqualTo(new MultipartFacts(null, false));
        assertThat(facts(TYPE, "preamble\r\n" + part("stream", "1") + "--XX-- \r\nepilogue"))
                .isEqualTo(new MultipartFacts(null, true));
        assertThat(facts(TYPE, part("stream", "false") + part("model", "") + "--XX--"))
                .isEqualTo(new MultipartFacts("", false));
        assertThat(facts(TYPE, "--XX  \r\nContent-Disposition: form-data; name=model\r\n\r\nm\r\n--XX--").model())
                .isEqualTo("m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "application/json", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"a", "multipart/form-data; boundary=a; boundary=b",
        "multipart/mixed; boundary=a", "multipart/form-data; boundary=\"a\\\"b\""})
    void shouldAskForAForm(String contentType) {
        Violation violation = scanner.reset(contentType);
        assertThat(violation).isEqualTo(Violation.of(ErrorCode.INVALID_MULTIPART));
        assertThat(scanner.reset(null)).isNotNull();
    }

    @Test
    void shouldRefuseBrokenForms() {
        String model = part("model", "m");
        assertThat(error("")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(model)).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(model + "--XX")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(model + "--XX-")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(model + "--XXa\r\n")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(model.replace("\r\n", "\n") + "--XX--")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error("--XX\r\n\r\nm\r\n--XX--")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(part("mo\\del", "m") + "--XX--")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(part("x\"; name*=\"model", "m") + "--XX--")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(part("model", "m".repeat(5000)) + "--XX--")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(part("x" + "y".repeat(9000), "m") + "--XX--")).isEqualTo(ErrorCode.INVALID_MULTIPART);
        assertThat(error(part("x", "").repeat(300) + "--XX--")).isEqualTo(ErrorCode.INVALID_MULTIPART);
    }

    @Test
    void shouldRefuseFieldsThatTwoParsersReadDifferently() {
        assertThat(error(part("model", "a") + part("model", "b") + "--XX--")).isEqualTo(ErrorCode.AMBIGUOUS_BODY);
        assertThat(error(part("model\"; filename=\"m", "a") + "--XX--")).isEqualTo(ErrorCode.AMBIGUOUS_BODY);
        assertThat(error("--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\nbQ==\r\n--XX--")).isEqualTo(ErrorCode.AMBIGUOUS_BODY);
    }

    @Test
    void shouldFindTheSameHoweverTheBodyIsCut() {
        Random random = new Random(17);
        String[] scraps = {"\r\n", "--XX", "\r", "\n", "-", "X", "--", "a", part("model", "m"), part("stream", "1"),
            part("file", "\r\n--X"), "--XX--", "Content-Disposition: form-data; name=\"model\"\r\n", "\r\n\r\n"};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? part("a", "b") : "");
            for (int n = random.nextInt(6); n > 0; n--) {
                text.append(scraps[random.nextInt(scraps.length)]);
            }
            byte[] body = text.append(random.nextBoolean() ? "--XX--" : "").toString()
                    .getBytes(StandardCharsets.UTF_8);
            scanner.reset(TYPE);
            new Pieces(1).feedWhole(body, scanner::scan);
            String whole = outcome();
            scanner.reset(TYPE);
            new Pieces(i).feed(body, scanner::scan);
            assertThat(outcome()).as(text.toString()).isEqualTo(whole);
        }
    }

    private String outcome() {
        Violation violation = scanner.finish();
        return violation == null ? scanner.facts().toString() : violation.toString();
    }

    private MultipartFacts facts(String contentType, String body) {
        assertThat(scanner.reset(contentType)).isNull();
        new Pieces(2).feed(body.getBytes(StandardCharsets.UTF_8), scanner::scan);
        assertThat(scanner.finish()).isNull();
        return scanner.facts();
    }

    private @Nullable ErrorCode error(String body) {
        scanner.reset(TYPE);
        new Pieces(3).feed(body.getBytes(StandardCharsets.UTF_8), scanner::scan);
        Violation violation = scanner.finish();
        return violation == null ? null : violation.code();
    }

    private static String part(String name, String content) {
        return "--XX\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=\"" + name + "\"\r\n\r\n"
                + content + "\r\n";
    }
}
