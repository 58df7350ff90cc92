package dev.penstock.server.http2;

import dev.penstock.server.config.Http2Settings;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * The parts of Netty's codec for one connection.
 *
 * @param decoder from bytes to frames
 * @param encoder from frames to bytes
 * @param settings what the client is told at the beginning
 */
record Codec(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder,
        io.netty.handler.codec.http2.Http2Settings settings) {
    /** Header blocks in more parts than any client makes, each of which is small, are a flood. */
    private static final int MOST_SMALL_CONTINUATIONS = 16;

    static Codec of(Http2Settings limits, int headerBytes) {
        Http2Connection connection = new DefaultHttp2Connection(true);
        // Clients' priorities are deprecated; what is left of them is a tree that an attacker may grow.
        connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection,
                new UniformStreamByteDistributor(connection)));
        Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection,
                new DefaultHttp2FrameWriter(ResponseFields.NOT_TO_BE_KNOWN, true));
        Http2FrameReader reader = new DefaultHttp2FrameReader(new FieldDecoder(headerBytes), MOST_SMALL_CONTINUATIONS);
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(connection, encoder, reader,
                Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false);
        return new Codec(decoder, encoder, new io.netty.handler.codec.http2.Http2Settings()
                .maxConcurrentStreams(limits.maxConcurrentStreams())
                .initialWindowSize(limits.streamWindow())
                .maxHeaderListSize(headerBytes));
    }
}
