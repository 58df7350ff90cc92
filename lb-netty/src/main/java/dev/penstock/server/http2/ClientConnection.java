package dev.penstock.server.http2;

import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.WriteTimer;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection over HTTP/2: its requests side by side. Confined to its event loop.
 *
 * <p>Netty's connection object knows the streams; how many there may be, and which come too late, is decided here:
 * Netty forgets a stream that it refuses, and then takes its body for a breach of the protocol that ends all others.
 */
public final class ClientConnection extends Http2ConnectionHandler {
    private static final Logger LOG = System.getLogger(ClientConnection.class.getName());
    /** How much may wait for a client that does not read, beyond what its requests' bodies may. */
    private static final int MOST_UNREAD = 1024 * 1024;
    private static final long LAST_WORDS_MILLIS = 1_000;

    private final LoopState loop;
    private final Http2Settings limits;
    private final Http2Metrics metrics;
    private final FloodGuard guard;
    private final ConnectionTimer timer;
    private final WriteTimer writeTimer;
    private final Departure departure;
    private final ResponseFields responseFields = new ResponseFields();
    private final Http2Connection.PropertyKey key;
    private final List<RequestStream> waiting = new ArrayList<>();
    private final List<RequestStream> ending = new ArrayList<>();
    private @Nullable ChannelHandlerContext context;
    private int open;
    private boolean closing;
    private boolean reading;
    private boolean flushDue;

    private ClientConnection(LoopState loop, Http2Settings limits, Http2Metrics metrics, Codec codec) {
        super(codec.decoder(), codec.encoder(), codec.settings(), true, true);
        this.loop = loop;
        this.limits = limits;
        this.metrics = metrics;
        this.guard = new FloodGuard(loop.proxy().context().clock(), limits, metrics);
        this.timer = new ConnectionTimer(loop, this);
        this.writeTimer = new WriteTimer(loop, this::stalled);
        this.departure = new Departure(this, timer);
        this.key = connection().newKey();
        gracefulShutdownTimeoutMillis(LAST_WORDS_MILLIS);
    }

    /**
     * A connection that stands and on which nothing has been read yet, or nothing that is not handed to it. To be put
     * into the pipeline of a channel of this loop.
     */
    public static ClientConnection on(LoopState loop, Http2Settings limits, Http2Metrics metrics) {
        ClientConnection made = new ClientConnection(loop, limits, metrics,
                Codec.of(limits, loop.proxy().context().limits().headerBytes()));
        made.decoder().frameListener(new FrameEvents(made, made.guard));
        made.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                made.streamClosed(stream);
            }
        });
        return made;
    }

    // ---- the connection

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        timer.start();
        Http2Stream all = connection().connectionStream();
        int more = limits.connectionWindow() - decoder().flowController().initialWindowSize(all);
        decoder().flowController().incrementWindowSize(all, more);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        reading = true;
        try {
            super.channelReadComplete(ctx);
        } finally {
            reading = false;
        }
        if (open == 0 && !departure.begun() && actualReadableBytes() > 0) {
            timer.frameBegan();
        }
    }

    /** At the end of the turn where it comes from reading, and at once else. */
    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (reading) {
            flushSoon();
            return;
        }
        flushDue = false;
        super.flush(ctx);
        unblock(waiting);
        for (int i = 0; i < ending.size(); i++) {
            ending.get(i).hurryClient();
        }
        ending.clear();
        if (departure.begun()) {
            closeWhenDone();
        }
    }

    private static void unblock(List<RequestStream> streams) {
        for (int i = 0; i < streams.size(); i++) {
            streams.get(i).unblock();
        }
        streams.clear();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        super.channelWritabilityChanged(ctx);
        writeTimer.writabilityChanged(ctx.channel());
        if (open > 0 && ctx.channel().isWritable()) {
            connection().forEachActiveStream(stream -> {
                RequestStream request = request(stream);
                if (request != null) {
                    request.unblock();
                }
                return true;
            });
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        assert ctx.executor().inEventLoop();
        super.channelInactive(ctx);
        timer.end();
        writeTimer.end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof Http2Exception) {
            super.exceptionCaught(ctx, cause);
            return;
        }
        if (!(cause instanceof IOException)) {
            LOG.log(Level.WARNING, "a client's connection is closed", cause);
        }
        ctx.close();
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
            @Nullable Http2Exception fault) {
        if (closing) {
            return;
        }
        closing = true;
        metrics.broken();
        if (fault == null && !(cause instanceof IOException)) {
            LOG.log(Level.WARNING, "a client's connection is closed", cause);
        }
        super.onConnectionError(ctx, outbound, cause, fault);
        endRequests();
        timer.linger();
    }

    private void endRequests() {
        try {
            connection().forEachActiveStream(stream -> {
                RequestStream request = request(stream);
                if (request != null) {
                    request.gone();
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("nothing in the loop throws it", e);
        }
    }

    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause, StreamException fault) {
        Http2Stream stream = connection().stream(fault.streamId());
        try {
            guard.count(FloodGuard.Kind.ERRORS);
            if (fault instanceof HeaderListSizeException) {
                tooLarge(fault.streamId(), stream);
                return;
            }
        } catch (Http2Exception e) {
            onError(ctx, outbound, e);
            return;
        }
        if (stream == null && fault.error() == Http2Error.STREAM_CLOSED) {
            // What was on its way when we answered or reset the stream; the client knows by now.
            return;
        }
        RequestStream request = stream == null ? null : request(stream);
        if (request != null) {
            request.gone();
        }
        super.onStreamError(ctx, outbound, cause, fault);
    }

    private void tooLarge(int streamId, @Nullable Http2Stream known) throws Http2Exception {
        RequestStream request = known == null ? null : request(known);
        if (request != null) {
            request.gone();
            reset(request, Http2Error.PROTOCOL_ERROR);
        } else if (known == null) {
            Http2Stream stream = connection().remote().createStream(streamId, true);
            if (open < limits.maxConcurrentStreams() && !departure.refuses(streamId)) {
                take(stream).tooLarge();
            } else {
                refuse(stream);
            }
        }
    }

    // ---- frames

    /**
     * To be called where a frame makes us answer.
     *
     * @throws Http2Exception where the client has not read many answers before
     */
    void requireReader() throws Http2Exception {
        if (!piledUp()) {
            return;
        }
        // Much may have been asked for in one turn.
        flush(context());
        if (piledUp()) {
            throw guard.flood(FloodGuard.Kind.UNREAD);
        }
    }

    private boolean piledUp() {
        return !channel().isWritable() && channel().bytesBeforeWritable() > MOST_UNREAD;
    }

    void headers(int streamId, FieldList fields, boolean last) {
        Http2Stream stream = connection().stream(streamId);
        if (stream == null || closing) {
            return;
        }
        RequestStream known = request(stream);
        if (known != null) {
            known.trailers(fields);
        } else if (departure.refuses(streamId)) {
            metrics.draining();
            refuse(stream);
        } else if (open >= limits.maxConcurrentStreams()) {
            metrics.tooMany();
            refuse(stream);
        } else {
            take(stream).begin(fields, last);
        }
    }

    private RequestStream take(Http2Stream stream) {
        RequestStream taken = new RequestStream(this, stream);
        stream.setProperty(key, taken);
        if (open++ == 0 && !departure.begun()) {
            timer.stop();
            if (loop.proxy().draining()) {
                // A client that comes while we still accept is served once, or it would come again and again.
                drain();
            }
        }
        return taken;
    }

    private void refuse(Http2Stream stream) {
        try {
            guard.count(FloodGuard.Kind.ERRORS);
            encoder().writeRstStream(context(), stream.id(), Http2Error.REFUSED_STREAM.code(), context().newPromise());
        } catch (Http2Exception e) {
            onError(context(), false, e);
        }
    }

    int data(int streamId, ByteBuf data, int padding, boolean last) {
        Http2Stream stream = connection().stream(streamId);
        RequestStream request = stream == null ? null : request(stream);
        return request == null || closing ? data.readableBytes() + padding : request.data(data, padding, last);
    }

    void settingsAcknowledged() {
        // The codec has just set it to what we announced; see above.
        connection().remote().maxActiveStreams(Integer.MAX_VALUE);
    }

    private @Nullable RequestStream request(Http2Stream stream) {
        return stream.getProperty(key);
    }

    private void streamClosed(Http2Stream stream) {
        RequestStream request = request(stream);
        if (request == null) {
            return;
        }
        request.closed();
        open--;
        if (open > 0) {
            return;
        }
        if (departure.begun()) {
            flushSoon();
        } else {
            timer.idle();
        }
    }

    // ---- the end

    /** Tells the client to go elsewhere: what it has sent by now is served, and then the connection is closed. */
    void drain() {
        if (!closing) {
            departure.begin(context());
        }
    }

    void pingAcknowledged() {
        departure.pingAcknowledged(context());
    }

    private void closeWhenDone() {
        if (open == 0 && !closing) {
            closing = departure.end(context());
        }
    }

    /** There is no request, and has not been for too long; or the client does not hear. */
    void timedOut() {
        if (closing) {
            context().close();
        } else {
            departure.lastCall(context());
        }
    }

    /** The client takes nothing of its whole connection. */
    private void stalled() {
        loop.proxy().error(ErrorCode.WRITE_TIMEOUT);
        closeNow();
    }

    void closeNow() {
        closing = true;
        super.flush(context());
        context().close();
    }

    // ---- for the streams

    LoopState loop() {
        return loop;
    }

    Http2Metrics metrics() {
        return metrics;
    }

    Channel channel() {
        return context().channel();
    }

    ResponseFields responseFields() {
        return responseFields;
    }

    Http2RemoteFlowController controller() {
        return encoder().flowController();
    }

    int maxFrameSize() {
        return encoder().configuration().frameSizePolicy().maxFrameSize();
    }

    void writeHeaders(Http2Stream stream, Http2Headers headers, boolean last) {
        encoder().writeHeaders(context(), stream.id(), headers, 0, last, context().newPromise());
    }

    /** Writes what can be written of all bodies. */
    void writePending() {
        try {
            if (channel().isWritable()) {
                controller().writePendingBytes();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    void reset(RequestStream request, Http2Error error) {
        encoder().writeRstStream(context(), request.id(), error.code(), context().newPromise());
    }

    void closeLocal(Http2Stream stream) {
        closeStreamLocal(stream, context().newSucceededFuture());
    }

    void giveBack(Http2Stream stream, int bytes) {
        try {
            decoder().flowController().consumeBytes(stream, bytes);
            flushSoon();
        } catch (Http2Exception e) {
            onError(context(), false, e);
        }
    }

    void flushSoon() {
        if (!flushDue) {
            flushDue = true;
            loop.flush().atEndOfTurn(channel());
        }
    }

    /** The stream is told after the next flush if there is room again. */
    void awaitRoom(RequestStream stream) {
        waiting.add(stream);
    }

    /** The stream is told after the next flush, by which all of it may have gone. */
    void awaitEnd(RequestStream stream) {
        ending.add(stream);
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }
}
