package dev.penstock.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reading and dropping usage in one look is the same as scanning and filtering everything. */
class UsageTapTest {
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);
    private static final String CHUNK = "data: {\"id\":\"c1\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\n";
    private static final String NULL = CHUNK.replace("}]}", "}], \"usage\" : null}");
    private static final String USAGE = "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
            + "\"completion_tokens\":3}}\n\n";
    private static final String[] SCRAPS = {CHUNK, CHUNK, CHUNK + CHUNK, NULL, USAGE, USAGE.replace("\n", "\r\n"),
        CHUNK.replace("\n", "\r\n"), "data: [DONE]\n\n", ": ping\n\n", "\n", "\n\n", "\r\n", "data", "id: 1\n",
        "event: x\n", "data: {\"choices\":[]", ",\"usage\":", ",\"usage\":{\"prompt_tokens\":2}}\n\n",
        "x".repeat(9000) + "\n\n"};

    private final ScanScratch scratch = new ScanScratch();
    private final UsageTap tap = new UsageTap(scratch);
    private final UsageScanner scanner = new UsageScanner(scratch);
    private final UsageChunkFilter filter = new UsageChunkFilter(scratch);
    private final BodyFraming framing = new BodyFraming();
    private int asRead;

    @Test
    void shouldPassWholeEventsAsTheyWereRead() {
        String chunks = chunk(CHUNK) + chunk(NULL + CHUNK);
        begin(Framing.CHUNKED);
        ByteBuf read = buffer(chunks + chunks);
        framing.walk(read, tap);
        assertThat(tap.pass(read, framing.chunkRemainder() == 0, ALLOCATOR)).isSameAs(read);
        read.release();
        assertThat(tap.usage().known()).isFalse();
        assertThat(throughTap(chunk(CHUNK) + chunk(USAGE) + "0\r\n\r\n", true, -1))
                .isEqualTo(chunk(CHUNK) + "0\r\n\r\n");
        assertThat(tap.usage().promptTokens()).isEqualTo(7);
    }

    @Test
    void shouldDoTheSameAsScannerAndFilterAtEverySplit() {
        Random random = new Random(41);
        for (int i = 0; i < 150; i++) {
            StringBuilder framed = new StringBuilder();
            StringBuilder plain = new StringBuilder();
            for (int n = 1 + random.nextInt(6); n > 0; n--) {
                StringBuilder payload = new StringBuilder();
                for (int m = 1 + random.nextInt(3); m > 0; m--) {
                    payload.append(SCRAPS[random.nextInt(SCRAPS.length - (m == 1 && i % 8 == 0 ? 0 : 1))]);
                }
                framed.append(chunk(payload.toString()));
                plain.append(payload);
            }
            framed.append("0\r\n\r\n");
            same(framed.toString(), true, i % 8 != 0);
            same(plain.toString(), false, i % 8 != 0);
        }
        // Else the test would be about the slow way alone.
        assertThat(asRead).isGreaterThan(300);
    }

    private void same(String stream, boolean chunked, boolean everywhere) {
        String expected = throughFilter(stream, chunked);
        String usage = throughScanner(stream, chunked);
        int step = everywhere ? 1 : 997;
        for (int cut = 0; cut < stream.length(); cut += step) {
            assertThat(payload(throughTap(stream, chunked, cut), chunked)).as("%s at %s", stream, cut)
                    .isEqualTo(payload(expected, chunked));
            assertThat(tap.usage()).as("%s at %s", stream, cut).hasToString(usage);
        }
    }

    private void begin(Framing how) {
        framing.reset(how, 0);
        tap.reset(UsageScanner.Mode.SSE, false, -1, how);
    }

    /** What comes out of a stream that is read in two pieces; in one where it is not cut. */
    private String throughTap(String stream, boolean chunked, int cut) {
        begin(chunked ? Framing.CHUNKED : Framing.UNTIL_CLOSE);
        StringBuilder out = new StringBuilder();
        int at = Math.max(0, cut);
        piece(stream.substring(0, at), chunked, out);
        piece(stream.substring(at), chunked, out);
        out.append(tap.finish(ALLOCATOR).toString(StandardCharsets.UTF_8));
        return out.toString();
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the very buffer
    private void piece(String text, boolean chunked, StringBuilder out) {
        if (text.isEmpty()) {
            return;
        }
        ByteBuf read = buffer(text);
        if (chunked) {
            framing.walk(read, tap);
            ByteBuf passed = tap.pass(read, framing.chunkRemainder() == 0, ALLOCATOR);
            asRead += passed == read ? 1 : 0;
            drain(passed, out);
        } else {
            framing.walk(read, (buffer, index, length) -> {
                tap.payload(buffer, index, length);
                drain(tap.passSpan(buffer, index, length, ALLOCATOR), out);
            });
            read.release();
        }
    }

    private String throughFilter(String stream, boolean chunked) {
        filter.reset(chunked);
        StringBuilder out = new StringBuilder();
        ByteBuf read = buffer(stream);
        drain(filter.filter(read, 0, read.readableBytes(), ALLOCATOR), out);
        read.release();
        out.append(filter.finish(ALLOCATOR).toString(StandardCharsets.UTF_8));
        return out.toString();
    }

    private String throughScanner(String stream, boolean chunked) {
        scanner.reset(UsageScanner.Mode.SSE, false);
        framing.reset(chunked ? Framing.CHUNKED : Framing.UNTIL_CLOSE, 0);
        ByteBuf read = buffer(stream);
        framing.walk(read, scanner);
        read.release();
        scanner.finish();
        return scanner.usage().toString();
    }

    private String payload(String stream, boolean chunked) {
        if (!chunked) {
            return stream;
        }
        BodyFraming reading = new BodyFraming();
        reading.reset(Framing.CHUNKED, 0);
        StringBuilder out = new StringBuilder();
        ByteBuf read = buffer(stream);
        reading.walk(read, (buffer, index, length) ->
                out.append(buffer.toString(index, length, StandardCharsets.UTF_8)));
        read.release();
        assertThat(reading.complete()).as(stream).isTrue();
        return out.toString();
    }

    private static void drain(ByteBuf buffer, StringBuilder out) {
        out.append(buffer.toString(StandardCharsets.UTF_8));
        buffer.release();
    }

    private static ByteBuf buffer(String text) {
        return ALLOCATOR.buffer(text.length()).writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String chunk(String payload) {
        return Integer.toHexString(payload.length()) + "\r\n" + payload + "\r\n";
    }
}
