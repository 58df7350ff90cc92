package dev.penstock.server.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;

/**
 * The fields of one header block in the order in which they came, unchecked. Confined to one event loop.
 *
 * <p>It stands where Netty's decoder wants its multimap, takes what the decoder adds, and answers nothing: an array
 * costs a fraction of the entries, and {@link RequestFields} has stricter rules than the map.
 */
final class FieldList extends DefaultHttp2Headers {
    /** As many as over HTTP/1. */
    static final int MOST_FIELDS = 256;

    private AsciiString[] fields = new AsciiString[32];
    private int length;
    private boolean tooMany;

    FieldList() {
        super(false, false, 2);
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        if (length == 2 * MOST_FIELDS) {
            tooMany = true;
            return this;
        }
        if (length == fields.length) {
            fields = Arrays.copyOf(fields, 2 * length);
        }
        fields[length++] = (AsciiString) name;
        fields[length++] = (AsciiString) value;
        return this;
    }

    /** Nothing, of any name: what Netty looks for here it would check more leniently than we do. */
    @Override
    public List<CharSequence> getAll(CharSequence name) {
        return List.of();
    }

    @Override
    public int size() {
        return length / 2;
    }

    @Override
    public boolean isEmpty() {
        return length == 0;
    }

    /** Whether fields were left out because there are more than {@value #MOST_FIELDS}. */
    boolean tooMany() {
        return tooMany;
    }

    AsciiString name(int index) {
        return fields[2 * index];
    }

    AsciiString value(int index) {
        return fields[2 * index + 1];
    }
}
