package dev.penstock.server.relay;

import dev.penstock.server.body.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Reads whole responses by the classes under test, and tells what was read as text. */
final class Responses {
    private final ResponseHeadParser parser = new ResponseHeadParser();
    private final BodyFraming framing = new BodyFraming();
    private final StringBuilder payload = new StringBuilder();
    private boolean headDone;
    private int bodyBytes;

    /** What a connection that sent these bytes and ended was understood to say. */
    String read(byte[] bytes, Pieces pieces, boolean whole) {
        parser.reset(false, false);
        payload.setLength(0);
        headDone = false;
        bodyBytes = 0;
        if (whole) {
            pieces.feedWhole(bytes, this::take);
        } else {
            pieces.feed(bytes, this::take);
        }
        if (!headDone) {
            return parser.parse(Unpooled.EMPTY_BUFFER) == ResponseHeadParser.Progress.MALFORMED
                    ? "malformed" : "more";
        }
        if (framing.malformed()) {
            return "malformed";
        }
        boolean complete = framing.connectionEnded();
        return (complete ? "complete " : "cut ") + parser.head().status() + " " + payload.length();
    }

    /** The head of the last response that was read. */
    ResponseHead head() {
        return parser.head();
    }

    /** Number of bytes of the last body, with framing. */
    int bodyBytes() {
        return bodyBytes;
    }

    private void take(ByteBuf in) {
        if (!headDone && parser.parse(in) == ResponseHeadParser.Progress.DONE) {
            headDone = true;
            framing.reset(parser.head().framing(), parser.head().contentLength());
        }
        if (headDone && in.isReadable()) {
            bodyBytes += framing.walk(in, (buffer, index, length) ->
                    payload.append(buffer.toString(index, length, StandardCharsets.ISO_8859_1)));
        }
    }
}
