package dev.penstock.server.frontend;

import dev.penstock.server.body.Pieces;
import dev.penstock.server.exchange.ProxyContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads requests by the classes under test, and tells what was read as text: one line for each request. */
public final class Requests {
    private final RequestHeadParser parser = new RequestHeadParser(ProxyContext.Limits.standard(1));
    private final RequestBodyFraming framing = new RequestBodyFraming();
    private final StringBuilder story = new StringBuilder();
    private boolean inBody;
    private boolean refused;

    private Requests() {
    }

    /** What a connection that sent these bytes was understood to say. */
    static String read(byte[] bytes, Pieces pieces, boolean whole) {
        Requests requests = new Requests();
        if (whole) {
            pieces.feedWhole(bytes, requests::take);
        } else {
            pieces.feed(bytes, requests::take);
        }
        return requests.story.append(requests.rest()).toString();
    }

    /** What a connection that sent this text in one piece was understood to say. */
    public static String read(String text) {
        return read(text.getBytes(StandardCharsets.ISO_8859_1), new Pieces(1), true);
    }

    /** What a connection that sent these bytes one after the other was understood to say. */
    static String readParts(byte[]... parts) {
        Requests requests = new Requests();
        for (byte[] part : parts) {
            requests.take(Unpooled.wrappedBuffer(part));
        }
        return requests.story.append(requests.rest()).toString();
    }

    /** The head that a text is. */
    static ParsedHead head(String text) {
        Requests requests = new Requests();
        new Pieces(2).feed(text.getBytes(StandardCharsets.ISO_8859_1), requests.parser::parse);
        return requests.parser.head();
    }

    private String rest() {
        if (refused) {
            return "";
        }
        return inBody ? "<cut>" : parser.begun() ? "<begun>" : "";
    }

    private void take(ByteBuf in) {
        while (in.isReadable() && !refused) {
            if (inBody) {
                body(in);
            } else {
                head(in);
            }
        }
    }

    private void head(ByteBuf in) {
        switch (parser.parse(in)) {
            case MORE -> { }
            case REFUSED -> refuse(parser.fault().name());
            case DONE -> {
                ParsedHead head = parser.head();
                story.append(head.method()).append(' ').append(head.target()).append(head.http10() ? " 1.0" : " 1.1");
                head.headers((name, value) -> header(story, name, value));
                story.append(" {");
                if (head.chunked()) {
                    framing.resetChunked();
                } else {
                    framing.resetLength(head.bodyLength());
                }
                inBody = true;
                if (framing.complete()) {
                    end();
                }
            }
        }
    }

    private void body(ByteBuf in) {
        switch (framing.next(in)) {
            case MORE -> { }
            case MALFORMED -> refuse("MALFORMED_REQUEST");
            case COMPLETE -> end();
            case PAYLOAD -> {
                payload(story, in.readCharSequence(framing.payload(), StandardCharsets.ISO_8859_1));
                if (framing.complete()) {
                    end();
                }
            }
        }
    }

    private void end() {
        inBody = false;
        story.append("}\n");
    }

    private void refuse(String why) {
        refused = true;
        story.append('<').append(why).append('>');
    }

    /** A line feed would look like the end of the request. */
    static void payload(StringBuilder out, CharSequence text) {
        out.append(text.toString().replace('\n', '~'));
    }

    static void header(StringBuilder out, CharSequence name, CharSequence value) {
        out.append(' ').append(name.toString().toLowerCase(Locale.ROOT)).append('=').append(value);
    }
}
