package dev.penstock.server.frontend;

import dev.penstock.server.exchange.ClientStream;
import dev.penstock.server.exchange.ErrorAnswers;
import dev.penstock.server.exchange.Exchange;
import dev.penstock.server.exchange.HeaderSource;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Peer;
import dev.penstock.server.relay.Framing;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.HalfClose;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection over HTTP/1.x: its requests one after the other, each answered before the next one begins.
 * Confined to its event loop.
 *
 * <p>The connection is read while an answer is awaited, so that a client that goes is noticed; what it sends meanwhile
 * waits, up to a bound. A client that closes its half while it waits counts as gone.
 */
final class Http1Stream extends ChannelInboundHandlerAdapter implements ClientStream {
    private static final Logger LOG = System.getLogger(Http1Stream.class.getName());

    private final LoopState loop;
    private final Pipelined waiting = new Pipelined();
    private final ConnectionTimer timer;
    private final RequestHeadParser parser;
    private final RequestBodyFraming framing = new RequestBodyFraming();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private @Nullable ResponseWriter writer;
    private boolean answering;
    private boolean requestComplete = true;
    private boolean keepAlive;
    private boolean expects;
    private long bodyLength;
    private boolean running;
    private boolean ended;

    Http1Stream(LoopState loop) {
        this.loop = loop;
        this.timer = new ConnectionTimer(loop, this);
        this.parser = new RequestHeadParser(loop.proxy().context().limits());
    }

    // ---- the connection

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        writer = new ResponseWriter(ctx, loop.flush(), loop.heads());
        if (ctx.channel().isActive()) {
            timer.start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        timer.start();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        assert ctx.executor().inEventLoop();
        ByteBuf read = (ByteBuf) message;
        if (ended) {
            read.release();
        } else if (running || (answering && requestComplete) || !waiting.isEmpty()) {
            waiting.add(read);
            if (waiting.full()) {
                ctx.channel().config().setAutoRead(false);
            }
        } else {
            run(read);
        }
    }

    /** Handles bytes, and those that waited for it. Answers given at once must not recurse. */
    private void run(ByteBuf first) {
        running = true;
        ByteBuf bytes = first;
        while (bytes != null) {
            handle(bytes);
            bytes = takesMore() ? waiting.poll() : null;
        }
        running = false;
        if (!ended && requestComplete && waiting.isEmpty()) {
            ctx().channel().config().setAutoRead(true);
            if (!answering && parser.begun()) {
                timer.headBegan();
            }
        }
    }

    /** Whether the next bytes can be looked at: those of the request after this one wait for its answer. */
    private boolean takesMore() {
        return !ended && !(answering && requestComplete);
    }

    private void handle(ByteBuf bytes) {
        while (bytes.isReadable() && takesMore()) {
            if (requestComplete) {
                head(bytes);
            } else if (body(bytes)) {
                return;
            }
        }
        if (bytes.isReadable() && !ended) {
            waiting.putBack(bytes);
        } else {
            bytes.release();
        }
    }

    private void head(ByteBuf bytes) {
        switch (parser.parse(bytes)) {
            case MORE -> { }
            case DONE -> begin(parser.head());
            case REFUSED -> refuse(parser.fault());
        }
    }

    private void refuse(ErrorCode fault) {
        timer.stop();
        requestComplete = false;
        keepAlive = false;
        bodyLength = -1;
        answering = true;
        writer().begins(false, false);
        ErrorAnswers.refuse(this, fault);
    }

    private void begin(ParsedHead head) {
        timer.stop();
        answering = true;
        keepAlive = head.keepAlive();
        bodyLength = head.bodyLength();
        requestComplete = bodyLength == 0;
        expects = head.expectsContinue();
        if (head.chunked()) {
            framing.resetChunked();
        } else {
            framing.resetLength(bodyLength);
        }
        writer().begins(head.http10(), head.method().equals("HEAD"));
        Exchange begun = Exchange.begin(loop, this, head);
        // It may have been answered already.
        if (answering) {
            exchange = begun;
            if (requestComplete) {
                begun.requestBody(Unpooled.EMPTY_BUFFER, true);
            }
        }
    }

    /** Handles the next part of the body; whether the buffer itself was given away with it. */
    private boolean body(ByteBuf bytes) {
        switch (framing.next(bytes)) {
            case MORE -> { }
            case PAYLOAD -> {
                return payload(bytes);
            }
            case COMPLETE -> part(Unpooled.EMPTY_BUFFER, true);
            case MALFORMED -> malformed();
        }
        return false;
    }

    private boolean payload(ByteBuf bytes) {
        int length = framing.payload();
        boolean last = framing.complete();
        if (length == bytes.readableBytes()) {
            part(bytes, last);
            return true;
        }
        part(bytes.readRetainedSlice(length), last);
        return false;
    }

    private void part(ByteBuf payload, boolean last) {
        requestComplete = last;
        Exchange current = exchange;
        if (current != null) {
            current.requestBody(payload, last);
            return;
        }
        // The rest of a request that was answered early.
        payload.release();
        if (last) {
            timer.idle();
        }
    }

    private void malformed() {
        Exchange current = exchange;
        keepAlive = false;
        bodyLength = -1;
        if (current != null) {
            current.requestMalformed();
        } else {
            end();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        if (current != null && ctx.channel().isWritable()) {
            current.clientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        // Only a tunnel leaves the connection open then.
        if (event instanceof ChannelInputShutdownEvent && exchange != null && !requestComplete) {
            part(Unpooled.EMPTY_BUFFER, true);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        assert ctx.executor().inEventLoop();
        ended = true;
        Exchange current = exchange;
        exchange = null;
        timer.end();
        waiting.clear();
        writer().release();
        if (current != null) {
            current.clientGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.log(Level.WARNING, "a client's connection is closed", cause);
        }
        ctx.close();
    }

    void close() {
        ctx().close();
    }

    /** The client was too slow, or has nothing more to ask. */
    void timedOut(boolean inHead) {
        if (ended) {
            ctx().close();
        } else if (inHead) {
            refuse(ErrorCode.REQUEST_TIMEOUT);
        } else {
            leave();
        }
    }

    /** Says that no answer will come any more. A request that is on its way is read: a reset would be worse to get. */
    private void leave() {
        ended = true;
        timer.linger();
        writer().shutDown();
    }

    // ---- the answer

    @Override
    public Peer peer() {
        return Peer.of(ctx().channel());
    }

    @Override
    public ByteBufAllocator alloc() {
        return ctx().alloc();
    }

    @Override
    public boolean takesChunks() {
        return !writer().http10();
    }

    @Override
    public boolean tunnels() {
        return takesChunks();
    }

    @Override
    public void tunnel(ResponseHead head, HeaderSource added, AsciiString[] overridden) {
        writer().beginTunnel(head, added, overridden);
        framing.resetEndless();
        requestComplete = false;
        bodyLength = -1;
        ctx().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        ByteBuf early = waiting.poll();
        if (early != null) {
            run(early);
        }
    }

    @Override
    public void endOutput(Runnable told) {
        writer().flush();
        HalfClose.output(ctx().channel()).addListener(done -> told.run());
    }

    @Override
    public void sendContinue() {
        expects = false;
        writer().sendContinue();
    }

    @Override
    public void begin(ResponseHead head, HeaderSource added, AsciiString[] overridden, Framing framing, long length) {
        writer().begin(head, added, overridden, framing, length, closes());
    }

    @Override
    public void write(ByteBuf bytes) {
        writer().write(bytes);
    }

    @Override
    public void flush() {
        writer().flush();
    }

    @Override
    public void complete() {
        writer().complete();
        answered();
    }

    @Override
    public void respond(int status, HeaderSource added, byte[] body) {
        writer().respond(status, added, body, closes());
        answered();
    }

    private void answered() {
        exchange = null;
        answering = false;
        if (writer().closing()) {
            end();
        } else if (requestComplete) {
            timer.idle();
            ByteBuf next = running ? null : waiting.poll();
            if (next != null) {
                run(next);
            }
        }
    }

    /** Ends the connection once everything is sent. What a client still sends must not make it lose the answer. */
    private void end() {
        ended = true;
        waiting.clear();
        if (requestComplete) {
            writer().close();
        } else {
            timer.linger();
            ctx().channel().config().setAutoRead(true);
            writer().shutDown();
        }
    }

    /** Whether the connection cannot be used after this answer. */
    private boolean closes() {
        boolean restIsShort = !expects && bodyLength >= 0 && bodyLength <= Pipelined.MOST_BYTES;
        return !keepAlive || loop.proxy().draining() || (!requestComplete && !restIsShort);
    }

    @Override
    public void abort() {
        exchange = null;
        answering = false;
        ended = true;
        waiting.clear();
        writer().abort();
    }

    @Override
    public boolean writable() {
        return ctx().channel().isWritable();
    }

    @Override
    public void readBody(boolean on) {
        if (!requestComplete) {
            ctx().channel().config().setAutoRead(on);
        }
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }

    private ResponseWriter writer() {
        ResponseWriter current = writer;
        if (current == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return current;
    }
}
