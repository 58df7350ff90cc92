package dev.penstock.server.body;

import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields {@code model} and {@code stream} of a multipart body while it arrives. Confined to one event loop;
 * reused for one body after the other.
 *
 * <p>Keeps the heads of parts and these two fields, all bounded; the audio itself is only searched for the boundary.
 */
public final class MultipartScanner {
    private static final int MAX_HEAD = 8192;
    private static final int MAX_FIELD = 4096;
    private static final int MAX_PARTS = 256;
    private static final int FIRST_KEPT = 512;

    /** Where in the body the next byte is. */
    private enum At { DATA, BEHIND_BOUNDARY, SECOND_DASH, PADDING, LINE_FEED, HEAD, EPILOGUE }

    private final ScanScratch scratch;
    private final ByteSink sink = this::accept;
    private final MultipartFields fields = new MultipartFields();
    private byte[] delimiter = {};
    private At at = At.DATA;
    private int matched;
    private int parts;
    private byte[] kept = new byte[FIRST_KEPT];
    private int keptLength;
    private boolean keeping;
    private @Nullable Violation violation;

    /** A scanner that {@link #reset} makes ready. */
    public MultipartScanner(ScanScratch scratch) {
        this.scratch = scratch;
    }

    /**
     * Makes ready for the next body.
     *
     * @param contentType the request's {@code Content-Type}, or null where it has none
     * @return why the request is refused already, or null
     */
    public @Nullable Violation reset(@Nullable String contentType) {
        String boundary = contentType == null ? null : boundary(contentType);
        violation = boundary == null ? Violation.of(ErrorCode.INVALID_MULTIPART) : null;
        delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
        fields.clear();
        at = At.DATA;
        // The first boundary may be the first line: as if a line had ended before it.
        matched = 2;
        parts = 0;
        keptLength = 0;
        keeping = false;
        return violation;
    }

    /**
     * Scans the readable bytes of the next slice of the body; its reader index stays where it is.
     *
     * @return false once the body is known to be bad; {@link #violation()} says why
     */
    public boolean scan(ByteBuf slice) {
        if (violation == null) {
            scratch.feed(slice, slice.readerIndex(), slice.readableBytes(), sink);
        }
        return violation == null;
    }

    /** Tells that the body is whole, and says why it is refused; null if it is not. */
    public @Nullable Violation finish() {
        if (violation == null && at != At.EPILOGUE) {
            fail("unexpected end");
        }
        return violation;
    }

    /** Why the body is refused, as far as it was scanned; null if nothing is wrong. */
    public @Nullable Violation violation() {
        return violation;
    }

    /**
     * What was found; only after {@link #finish()} returned null.
     *
     * @throws IllegalStateException if the body is not whole or was refused
     */
    public MultipartFacts facts() {
        if (violation != null || at != At.EPILOGUE) {
            throw new IllegalStateException("the body is not whole");
        }
        return fields.facts();
    }

    /** What was found so far: a field that is there now will be there at the end, or the body will be refused. */
    public MultipartFacts factsSoFar() {
        return fields.facts();
    }

    /** The boundary that a content type names, or null where it is none of a form, or a broken one. */
    private static @Nullable String boundary(String contentType) {
        HeaderParameters header = HeaderParameters.parse(contentType);
        if (header == null || !header.value().equals("multipart/form-data")) {
            return null;
        }
        String boundary = header.parameters().get("boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > 70 || boundary.endsWith(" ")) {
            return null;
        }
        for (int i = 0; i < boundary.length(); i++) {
            char c = boundary.charAt(i);
            if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
                return null;
            }
        }
        return boundary;
    }

    private void accept(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && violation == null && at != At.EPILOGUE) {
            if (at == At.DATA) {
                i = data(bytes, i, to);
            } else {
                line(bytes[i++]);
            }
        }
    }

    private int data(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (matched == 0) {
                int plain = i;
                while (i < to && bytes[i] != '\r') {
                    i++;
                }
                keep(bytes, plain, i);
                if (i == to) {
                    return i;
                }
            }
            if (bytes[i] == delimiter[matched]) {
                i++;
                if (++matched == delimiter.length) {
                    endOfPart();
                    return i;
                }
            } else {
                // A boundary has no carriage return, so only this very byte can begin another.
                keep(delimiter, 0, matched);
                matched = 0;
            }
        }
        return i;
    }

    private void endOfPart() {
        if (keeping && !fields.value(kept, keptLength)) {
            fail("a field is not text");
        }
        matched = 0;
        keeping = false;
        keptLength = 0;
        at = At.BEHIND_BOUNDARY;
    }

    private void line(byte b) {
        switch (at) {
            case BEHIND_BOUNDARY -> {
                if (b == '-') {
                    at = At.SECOND_DASH;
                } else {
                    padding(b);
                }
            }
            case PADDING -> padding(b);
            case SECOND_DASH -> {
                if (b == '-') {
                    at = At.EPILOGUE;
                } else {
                    fail("broken boundary");
                }
            }
            case LINE_FEED -> {
                if (b == '\n') {
                    at = At.HEAD;
                    if (++parts > MAX_PARTS) {
                        fail("too many parts");
                    }
                } else {
                    fail("broken boundary");
                }
            }
            default -> head(b);
        }
    }

    private void padding(byte b) {
        if (b == '\r') {
            at = At.LINE_FEED;
        } else if (b == ' ' || b == '\t') {
            at = At.PADDING;
        } else {
            fail("broken boundary");
        }
    }

    private void head(byte b) {
        if (keptLength == MAX_HEAD) {
            fail("head of a part too large");
            return;
        }
        reserve(1);
        kept[keptLength++] = b;
        if (b != '\n' || !endsHead()) {
            return;
        }
        String head = new String(kept, 0, keptLength, StandardCharsets.ISO_8859_1);
        String broken = fields.part(head);
        if (broken != null) {
            fail(broken);
        } else if (fields.ambiguous() != null) {
            String name = fields.ambiguous();
            violation = new Violation(ErrorCode.AMBIGUOUS_BODY, ErrorCode.AMBIGUOUS_BODY.message() + ": " + name, name);
        }
        keeping = fields.wanted();
        keptLength = 0;
        at = At.DATA;
    }

    private boolean endsHead() {
        int n = keptLength;
        if (n == 2) {
            return kept[0] == '\r';
        }
        return n >= 4 && kept[n - 2] == '\r' && kept[n - 3] == '\n' && kept[n - 4] == '\r';
    }

    private void keep(byte[] bytes, int from, int to) {
        int count = to - from;
        if (!keeping || count == 0) {
            return;
        }
        if (keptLength + count > MAX_FIELD) {
            fail("a field is too long");
            return;
        }
        reserve(count);
        System.arraycopy(bytes, from, kept, keptLength, count);
        keptLength += count;
    }

    private void reserve(int count) {
        if (keptLength + count > kept.length) {
            kept = Arrays.copyOf(kept, Math.max(2 * kept.length, keptLength + count));
        }
    }

    private void fail(String reason) {
        violation = new Violation(ErrorCode.INVALID_MULTIPART, "invalid multipart body: " + reason, null);
    }
}
