package dev.penstock.server.http2;

import dev.penstock.server.exchange.ClientStream;
import dev.penstock.server.exchange.ErrorAnswers;
import dev.penstock.server.exchange.Exchange;
import dev.penstock.server.exchange.HeaderSource;
import dev.penstock.server.exchange.Peer;
import dev.penstock.server.exchange.Timed;
import dev.penstock.server.relay.Framing;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.UpstreamTransport;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * One request on a client's connection over HTTP/2, from its head until both sides have ended. Confined to the event
 * loop of the connection.
 *
 * <p>Bytes of the request's body go back to the client's window as the exchange takes them over, and stay away while it
 * wants no more. Bytes of the answer wait in the {@link ResponseBody}. Its deadline is that of a client which does not
 * take the rest of an answer that is complete.
 */
final class RequestStream extends Timed implements ClientStream {
    /** Smaller parts of a body are copied: each would keep a whole read buffer alive. */
    private static final int COPIED = 2 * 1024;

    private final ClientConnection connection;
    private final Http2Stream netty;
    private final ResponseBody body = new ResponseBody(this);
    private @Nullable Exchange exchange;
    private @Nullable Http2Headers head;
    private Http2Error resetWith = Http2Error.NO_ERROR;
    private long bodyLength;
    private long received;
    private int kept;
    private boolean paused;
    private boolean toHead;
    private boolean requestComplete;
    private boolean answered;
    private boolean blocked;
    private boolean dirty;
    private boolean watched;
    private boolean left;
    private boolean closed;

    RequestStream(ClientConnection connection, Http2Stream netty) {
        this.connection = connection;
        this.netty = netty;
    }

    Http2Stream netty() {
        return netty;
    }

    int id() {
        return netty.id();
    }

    int maxFrameSize() {
        return connection.maxFrameSize();
    }

    // ---- the request

    void begin(FieldList fields, boolean last) {
        requestComplete = last;
        RequestFields request = new RequestFields(fields);
        ErrorCode fault = request.check(last, connection.loop().proxy().context().limits());
        if (fault != null) {
            refuse(fault);
            return;
        }
        toHead = request.method().equals("HEAD");
        bodyLength = request.bodyLength();
        Exchange begun = Exchange.begin(connection.loop(), this, request);
        if (answered) {
            return;
        }
        exchange = begun;
        if (left) {
            gone();
        } else if (last) {
            begun.requestBody(Unpooled.EMPTY_BUFFER, true);
        }
    }

    /** Answers what is not even a request. */
    void refuse(ErrorCode fault) {
        if (fault == ErrorCode.MALFORMED_REQUEST) {
            resetWith = Http2Error.PROTOCOL_ERROR;
        }
        connection.metrics().refused(fault);
        ErrorAnswers.refuse(this, fault);
    }

    /** Answers a head that was not kept; what follows it is not looked at. */
    void tooLarge() {
        requestComplete = true;
        refuse(ErrorCode.HEADERS_TOO_LARGE);
    }

    /** Takes bytes of the body; returns how many go back to the client's window at once, of those and the padding. */
    int data(ByteBuf data, int padding, boolean last) {
        int length = data.readableBytes();
        Exchange current = exchange;
        requestComplete |= last;
        if (current == null) {
            return length + padding;
        }
        received += length;
        if (bodyLength >= 0 && (received > bodyLength || (last && received < bodyLength))) {
            malformed();
            return length + padding;
        }
        current.requestBody(keep(data, length), last);
        if (paused && !last && exchange != null) {
            kept += length + padding;
            return 0;
        }
        return length + padding;
    }

    private ByteBuf keep(ByteBuf data, int length) {
        if (length == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        return length > COPIED ? data.retainedSlice() : alloc().ioBuffer(length).writeBytes(data);
    }

    /** The fields behind the body have come, and with them its end. */
    void trailers(FieldList fields) {
        requestComplete = true;
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if ((bodyLength >= 0 && received < bodyLength) || !RequestFields.validTrailers(fields)) {
            malformed();
        } else {
            current.requestBody(Unpooled.EMPTY_BUFFER, true);
        }
    }

    private void malformed() {
        Exchange current = exchange;
        resetWith = Http2Error.PROTOCOL_ERROR;
        if (current != null) {
            current.requestMalformed();
        }
    }

    @Override
    public void readBody(boolean on) {
        if (paused == on) {
            paused = !on;
            int bytes = kept;
            if (on && bytes > 0 && !closed) {
                kept = 0;
                connection.giveBack(netty, bytes);
            }
        }
    }

    /** Nobody waits for an answer: the client has reset the stream, or the connection has ended. */
    void closed() {
        closed = true;
        head = null;
        gone();
        connection.loop().deadlines().remove(this);
    }

    /** The stream will be closed before its answer is complete. */
    void gone() {
        // An exchange that is just beginning is told as soon as it is known.
        left = true;
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            answered = true;
            // Not within this call: it may come from a write of the exchange, which is told there that nobody is left.
            connection.loop().loop().execute(current::clientGone);
        }
    }

    // ---- the answer

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public Peer peer() {
        return Peer.of(connection.channel());
    }

    @Override
    public ByteBufAllocator alloc() {
        return connection.channel().alloc();
    }

    @Override
    public boolean takesChunks() {
        return false;
    }

    @Override
    public void sendContinue() {
        connection.writeHeaders(netty, ResponseFields.CONTINUE, false);
        connection.flushSoon();
    }

    @Override
    public void begin(ResponseHead from, HeaderSource added, AsciiString[] overridden, Framing framing, long length) {
        long told = framing == Framing.LENGTH || framing == Framing.NONE ? length : -1;
        head = connection.responseFields().relayed(from, added, overridden, told);
    }

    @Override
    public void write(ByteBuf bytes) {
        if (!canSend()) {
            bytes.release();
            return;
        }
        writeHead(false);
        dirty = true;
        body.add(connection.controller(), bytes);
    }

    private boolean canSend() {
        return !closed && !netty.isResetSent();
    }

    private void writeHead(boolean last) {
        Http2Headers out = head;
        if (out != null) {
            head = null;
            dirty = true;
            connection.writeHeaders(netty, out, last);
        }
    }

    @Override
    public void flush() {
        if (canSend()) {
            writeHead(false);
            if (dirty) {
                dirty = false;
                connection.flushSoon();
            }
        }
    }

    @Override
    public void complete() {
        exchange = null;
        answered = true;
        if (!canSend()) {
            return;
        }
        if (head != null) {
            boolean early = !requestComplete;
            writeHead(true);
            if (early) {
                connection.reset(this, resetWith);
            }
        } else {
            body.end(connection.controller());
            connection.awaitEnd(this);
        }
        connection.flushSoon();
    }

    @Override
    public void respond(int status, HeaderSource added, byte[] content) {
        head = connection.responseFields().own(status, added, content.length);
        if (!toHead) {
            write(Unpooled.wrappedBuffer(content));
        }
        complete();
    }

    @Override
    public void abort() {
        exchange = null;
        answered = true;
        head = null;
        if (canSend()) {
            // What tells the client why goes first, if there is room for it.
            connection.writePending();
            connection.reset(this, resetWith == Http2Error.NO_ERROR ? Http2Error.INTERNAL_ERROR : resetWith);
            connection.flushSoon();
        }
    }

    @Override
    public boolean writable() {
        boolean open = body.size() < UpstreamTransport.WATER_MARK.high() && connection.channel().isWritable();
        blocked = !open;
        if (blocked) {
            hurryClient();
        }
        return open;
    }

    // ---- the way out

    /** Bytes of the body have gone to the channel; nothing may be written meanwhile. */
    void sentBody() {
        if (blocked) {
            connection.awaitRoom(this);
        }
        if (watched && (blocked || answered)) {
            hurryClient();
        }
    }

    /** There may be room again. */
    void unblock() {
        Exchange current = exchange;
        if (blocked && current != null && body.size() <= UpstreamTransport.WATER_MARK.low()
                && connection.channel().isWritable()) {
            blocked = false;
            noDeadline();
            current.clientWritable();
        }
    }

    /** The end has gone to the channel. */
    void ended() {
        if (requestComplete) {
            connection.closeLocal(netty);
        } else {
            connection.reset(this, resetWith);
        }
    }

    /** All has been sent that the client takes now; the rest waits for it, and not for ever. */
    void hurryClient() {
        long patience = connection.loop().proxy().context().settings().get().timeouts().writeNanos();
        if (closed || body.ended() || patience <= 0) {
            return;
        }
        deadline(connection.loop().nanoTime() + patience);
        if (!watched) {
            watched = true;
            connection.loop().deadlines().add(this);
        }
    }

    @Override
    protected void expired() {
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientStalled();
        } else {
            connection.loop().proxy().error(ErrorCode.WRITE_TIMEOUT);
        }
        connection.reset(this, Http2Error.CANCEL);
        connection.flushSoon();
    }
}
