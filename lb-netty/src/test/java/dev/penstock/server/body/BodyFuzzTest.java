package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** Whatever a client sends: an answer, the same for every cut, no exception. Replays the corpus in ordinary runs. */
class BodyFuzzTest {
    private static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(false, true);
    private static final ScanScratch SCRATCH = new ScanScratch();

    @FuzzTest
    void shouldScanAnyBody(byte[] body) {
        BodyScanner whole = new BodyScanner(SCRATCH);
        whole.reset(true);
        BodyScanner cut = new BodyScanner(SCRATCH);
        cut.reset(true);
        if (body.length == 0) {
            return;
        }
        new Pieces(1).feedWhole(body, whole::scan);
        new Pieces(body[0]).feed(body, cut::scan);
        Violation violation = whole.finish();
        assertThat(cut.finish()).isEqualTo(violation);
        if (violation != null) {
            return;
        }
        BodyFacts facts = whole.facts();
        ByteBuf buffer = UNTRACKED.buffer().writeBytes(body);
        for (Api api : Api.values()) {
            if (!api.multipart() && api != Api.REALTIME) {
                BodyRules.check(api, facts);
            }
            assertThat(PromptText.of(facts, buffer, api)).isEqualTo(PromptText.of(cut.facts(), buffer, api));
        }
        ByteBuf edited = BodyPatch.includeUsage(facts).apply(buffer, UNTRACKED);
        byte[] patched = new byte[edited.readableBytes()];
        edited.readBytes(patched).release();
        buffer.release();
        assertThat(Scans.error(patched)).isNull();
    }

    @FuzzTest
    void shouldScanAnyForm(byte[] body) {
        MultipartScanner scanner = new MultipartScanner(SCRATCH);
        scanner.reset("multipart/form-data; boundary=b");
        if (body.length == 0) {
            return;
        }
        new Pieces(1).feedWhole(body, scanner::scan);
        Violation whole = scanner.finish();
        MultipartFacts facts = whole == null ? scanner.facts() : null;
        scanner.reset("multipart/form-data; boundary=b");
        new Pieces(body[0]).feed(body, scanner::scan);
        assertThat(scanner.finish()).isEqualTo(whole);
        assertThat(whole == null ? scanner.facts() : null).isEqualTo(facts);
    }

    @FuzzTest
    void shouldNormalizeAnyTarget(byte[] bytes) {
        RequestPath path = RequestPath.parse(new String(bytes, StandardCharsets.ISO_8859_1));
        if (path != null) {
            assertThat(RequestPath.parse(path.target())).isEqualTo(new RequestPath(path.path(), path.query(), null));
            assertThat(("/" + path.path() + "/")).doesNotContain("/../").doesNotContain("/./");
        }
    }
}
