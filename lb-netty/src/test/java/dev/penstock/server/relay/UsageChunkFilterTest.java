package dev.penstock.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.body.Pieces;
import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UsageChunkFilterTest {
    private static final String CHUNK = "data: {\"id\":\"c1\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}],"
            + "\"usage\":null}\n\n";
    private static final String USAGE = "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
            + "\"completion_tokens\":3}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

    private final UsageChunkFilter filter = new UsageChunkFilter(new ScanScratch());

    @Test
    void shouldDropTheEventAndNothingElse() {
        assertThat(filterFramed(chunks(CHUNK, CHUNK, USAGE, DONE))).isEqualTo(chunks(CHUNK, CHUNK, DONE));
        assertThat(filter.dropped()).isTrue();
        assertThat(filterFramed(chunks(CHUNK, USAGE + DONE))).isEqualTo(chunks(CHUNK, DONE));
        assertThat(filterFramed(chunks(CHUNK + USAGE, DONE))).isEqualTo(chunks(CHUNK, DONE));
    }

    @Test
    void shouldPassEverythingElseAsItCame() {
        String other = "5;x=\"y\"\r\nhello\r\n" + chunks(CHUNK, ": ping\n\n", "event: a\ndata: {\"choices\":[]}\n\n",
                "data: {\"choices\":[],\"usage\":null}\n\n", "data: {\"usage\":{}}\n\n", "data: x\n\n", "\n\n",
                "data:\n\n",
                "data: {\"choices\":[],\"usage\":{}}\nid: 1\n\n", "data: {\"choices\":[1],\"usage\":{}}\n\n",
                "id: 1\n" + USAGE, "data: {\"a\":{\"choices\":[],\"usage\":{}}}\n\n")
                .replace("0\r\n\r\n", "0\r\nx-trailer: 1\r\n\r\n");
        assertThat(filterFramed(other)).isEqualTo(other);
        assertThat(filter.dropped()).isFalse();
    }

    @Test
    void shouldPassAnOrdinaryChunkWhenItArrives() {
        filter.reset(true);
        String first = chunk(CHUNK);
        assertThat(one(first)).isEqualTo(first);
        assertThat(one(chunk("data: {\"id\":1,\"choices\":["))).isEmpty();
        // The first byte of a choice decides.
        assertThat(one(chunk("{"))).isEqualTo(chunk("data: {\"id\":1,\"choices\":[{"));
        assertThat(one(chunk("}]}\n\n"))).isEqualTo(chunk("}]}\n\n"));
    }

    @Test
    void shouldLetGoWhatItHoldsAtTheEnd() {
        String cut = "data: {\"choices\":[],\"usage\":{\"a\":1}}";
        assertThat(filterFramed(chunks(cut))).isEqualTo(chunks(cut));
        filter.reset(false);
        assertThat(one(cut)).isEmpty();
        ByteBuf rest = filter.finish(ALLOCATOR);
        assertThat(rest.toString(StandardCharsets.UTF_8)).isEqualTo(cut);
        rest.release();
    }

    @Test
    void shouldNotHoldWithoutEnd() {
        String endless = "data: {\"choices\":[],\"a\":\"" + "x".repeat(40_000);
        filter.reset(false);
        assertThat(one(endless)).isEqualTo(endless);
    }

    @Test
    void shouldGiveTheSamePayloadHoweverTheStreamIsCut() {
        Random random = new Random(29);
        String[] scraps = {CHUNK, CHUNK, USAGE, DONE, USAGE.replace("\n", "\r\n"), ": c\n\n", "data", "\n", "\r\n",
            "\n\n",
            "data: {\"choices\":[]", ",\"usage\":{}}\n", "x".repeat(9000), "data: {\"choices\":[],\"usage\":{}}\n"};
        for (int i = 0; i < 4_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append(scraps[random.nextInt(scraps.length)]);
            }
            String payload = text.toString();
            String expected = expected(payload);
            List<String> pieces = new ArrayList<>();
            for (int at = 0; at < payload.length();) {
                int length = Math.min(payload.length() - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 20_000));
                pieces.add(payload.substring(at, at + length));
                at += length;
            }
            assertThat(filterPlain(payload, i)).as(payload).isEqualTo(expected);
            String framed = chunks(pieces.toArray(String[]::new));
            assertThat(payload(filterFramed(framed, i))).as(payload).isEqualTo(expected);
        }
    }

    /** The events of a payload but the one to drop, told by whole events and text alone. */
    private static String expected(String payload) {
        StringBuilder out = new StringBuilder();
        StringBuilder event = new StringBuilder();
        int at = 0;
        while (at < payload.length()) {
            int lf = payload.indexOf('\n', at);
            String line = payload.substring(at, lf < 0 ? payload.length() : lf + 1);
            at += line.length();
            event.append(line);
            if (line.equals("\n") || line.equals("\r\n")) {
                String text = event.toString().replace("\r", "");
                boolean usage = text.startsWith("data:") && text.indexOf('\n') == text.length() - 2
                        && text.contains("\"choices\":[],\"usage\":{") && text.endsWith("}\n\n")
                        && !event.substring(0, event.length() - line.length()).contains("\r\r");
                out.append(usage && event.indexOf("data:", 1) < 0 ? "" : event);
                event.setLength(0);
            }
        }
        return out.append(event).toString();
    }

    private String filterPlain(String text, long seed) {
        filter.reset(false);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        feed(text, seed, out);
        ByteBuf rest = filter.finish(ALLOCATOR);
        drain(rest, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String filterFramed(String text, long seed) {
        filter.reset(true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        feed(text, seed, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String filterFramed(String text) {
        filter.reset(true);
        return one(text);
    }

    private void feed(String text, long seed, ByteArrayOutputStream out) {
        new Pieces(seed).feed(text.getBytes(StandardCharsets.UTF_8), piece -> drain(
                filter.filter(piece, piece.readerIndex(), piece.readableBytes(), ALLOCATOR), out));
    }

    private String one(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Pieces(1).feedWhole(text.getBytes(StandardCharsets.UTF_8), piece -> drain(
                filter.filter(piece, piece.readerIndex(), piece.readableBytes(), ALLOCATOR), out));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void drain(ByteBuf buffer, ByteArrayOutputStream out) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        out.writeBytes(bytes);
        buffer.release();
    }

    private static String payload(String framed) {
        BodyFraming framing = new BodyFraming();
        framing.reset(Framing.CHUNKED, 0);
        StringBuilder out = new StringBuilder();
        new Pieces(1).feedWhole(framed.getBytes(StandardCharsets.UTF_8), piece -> framing.walk(piece,
                (buffer, index, length) -> out.append(buffer.toString(index, length, StandardCharsets.UTF_8))));
        assertThat(framing.complete()).as(framed).isTrue();
        return out.toString();
    }

    private static String chunk(String payload) {
        return Integer.toHexString(payload.length()) + "\r\n" + payload + "\r\n";
    }

    private static String chunks(String... payloads) {
        StringBuilder out = new StringBuilder();
        for (String payload : payloads) {
            out.append(chunk(payload));
        }
        return out.append("0\r\n\r\n").toString();
    }
}
