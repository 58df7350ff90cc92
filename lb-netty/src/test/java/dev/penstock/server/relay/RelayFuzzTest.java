package dev.penstock.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.server.body.Pieces;
import dev.penstock.server.body.ScanScratch;

/** Whatever a pod sends: an answer, the same for every cut, and no exception. Replays the corpus in ordinary runs. */
class RelayFuzzTest {

    @FuzzTest
    void shouldReadAnyResponse(byte[] bytes) {
        if (bytes.length > 0) {
            Responses responses = new Responses();
            String whole = responses.read(bytes, new Pieces(1), true);
            assertThat(responses.read(bytes, new Pieces(bytes[0]), false)).isEqualTo(whole);
        }
    }

    @FuzzTest
    void shouldScanAnyStream(byte[] bytes) {
        if (bytes.length > 0) {
            for (UsageScanner.Mode mode : UsageScanner.Mode.values()) {
                assertThat(scan(mode, bytes, false)).isEqualTo(scan(mode, bytes, true));
            }
        }
    }

    private static String scan(UsageScanner.Mode mode, byte[] bytes, boolean whole) {
        UsageScanner scanner = new UsageScanner(new ScanScratch());
        scanner.reset(mode, true);
        Pieces pieces = new Pieces(bytes[0]);
        if (whole) {
            pieces.feedWhole(bytes, b -> scanner.payload(b, b.readerIndex(), b.readableBytes()));
        } else {
            pieces.feed(bytes, b -> scanner.payload(b, b.readerIndex(), b.readableBytes()));
        }
        scanner.finish();
        return scanner.usage() + " " + scanner.responseId();
    }
}
