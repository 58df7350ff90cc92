package dev.penstock.server.http2;

import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;

/** Unpacks header blocks into {@link FieldList}s. Confined to one event loop. */
final class FieldDecoder extends DefaultHttp2HeadersDecoder {

    /**
     * A decoder without history.
     *
     * @param mostBytes of the names and values of a block, each field counted with 32 bytes more
     */
    FieldDecoder(long mostBytes) {
        super(false, mostBytes);
    }

    @Override
    protected Http2Headers newHeaders() {
        return new FieldList();
    }
}
