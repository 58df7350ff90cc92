package dev.penstock.server.frontend;

import dev.penstock.server.exchange.ClientStream;
import dev.penstock.server.exchange.Exchange;
import dev.penstock.server.exchange.HeaderSource;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.relay.Framing;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
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
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private @Nullable ResponseWriter writer;
    private int messages;
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
        messages++;
        if (ended) {
            ReferenceCountUtil.release(message);
        } else if (running || (answering && requestComplete) || !waiting.isEmpty()) {
            waiting.add(message);
            if (waiting.full()) {
                ctx.channel().config().setAutoRead(false);
            }
        } else {
            run(message);
        }
    }

    /** Handles a message, and those that waited for it. Answers given at once must not recurse. */
    private void run(Object first) {
        running = true;
        Object message = first;
        while (message != null) {
            handle(message);
            message = !ended && !(answering && requestComplete) ? waiting.poll() : null;
        }
        running = false;
        if (!ended && requestComplete && waiting.isEmpty()) {
            ctx().channel().config().setAutoRead(true);
        }
    }

    private void handle(Object message) {
        if (message instanceof HttpRequest request) {
            begin(request);
        } else if (message instanceof HttpContent content) {
            body(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        timer.stop();
        requestComplete = false;
        answering = true;
        ErrorCode fault = DecodedHead.fault(request);
        if (fault != null) {
            keepAlive = false;
            bodyLength = -1;
            writer().begins(false, false);
            ErrorAnswers.refuse(this, fault);
            return;
        }
        DecodedHead head = DecodedHead.of(request);
        keepAlive = HttpUtil.isKeepAlive(request);
        bodyLength = head.bodyLength();
        expects = HttpUtil.is100ContinueExpected(request);
        writer().begins(head.http10(), head.method().equals("HEAD"));
        Exchange begun = Exchange.begin(loop, this, head);
        // It may have been answered already.
        exchange = answering ? begun : null;
    }

    private void body(HttpContent content) {
        Exchange current = exchange;
        boolean last = content instanceof LastHttpContent;
        requestComplete |= last;
        if (content.decoderResult().isFailure()) {
            content.release();
            requestComplete = false;
            keepAlive = false;
            bodyLength = -1;
            if (current != null) {
                current.requestMalformed();
            } else {
                end();
            }
        } else if (current == null) {
            // The rest of a request that was answered early.
            content.release();
            if (last) {
                timer.idle();
            }
        } else {
            current.requestBody(content.content(), last);
        }
    }

    /** Bytes came, and no message of them: a head has begun, or goes on. */
    void headBegan() {
        if (!ended && !answering && requestComplete) {
            timer.headBegan();
        }
    }

    int messages() {
        return messages;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        if (current != null && ctx.channel().isWritable()) {
            current.clientWritable();
        }
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
        if (!inHead || ended) {
            ctx().close();
            return;
        }
        requestComplete = false;
        keepAlive = false;
        bodyLength = -1;
        answering = true;
        writer().begins(false, false);
        ErrorAnswers.refuse(this, ErrorCode.REQUEST_TIMEOUT);
    }

    // ---- the answer

    @Override
    public ByteBufAllocator alloc() {
        return ctx().alloc();
    }

    @Override
    public boolean takesChunks() {
        return !writer().http10();
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
            Object next = running ? null : waiting.poll();
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
