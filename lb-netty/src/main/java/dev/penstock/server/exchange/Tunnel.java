package dev.penstock.server.exchange;

import dev.penstock.core.config.Timeouts;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.server.upstream.UpstreamListener;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that its pod has accepted: bytes in both directions, as they were read. Confined to the event loop of its
 * exchange.
 *
 * <p>No frame is looked at, and none is made: whoever does not know where a frame ends cannot put one of its own in
 * between. Either side may end its half; the session is over when both halves have ended and all of them is sent, or
 * when a connection breaks.
 */
final class Tunnel implements UpstreamListener {
    /** What the session counts as, however long it was. */
    static final int SWITCHING_PROTOCOLS = 101;

    private final Exchange exchange;
    private final ClientStream client;
    private final UpstreamConnection pod;
    private boolean clientEnded;
    private boolean podEnded;
    private boolean clientToldEnd;
    private boolean podToldEnd;

    Tunnel(Exchange exchange, UpstreamConnection pod) {
        this.exchange = exchange;
        this.client = exchange.client();
        this.pod = pod;
    }

    /** Passes the pod's 101 on, and what the client has sent ahead of it. */
    void begin(ResponseHead head, UpstreamLeg added) {
        pod.tunnel(this);
        client.tunnel(head, added, ResponseRelay.overridden(added.responseHeaders()));
        if (!exchange.ended()) {
            client.flush();
            client.readBody(pod.writable());
        }
    }

    /** How long nothing may move: what is half over is nobody's quiet conversation any more. */
    long idleNanos(Timeouts timeouts) {
        return halfClosed() ? timeouts.idleNanos() : timeouts.websocketIdleNanos();
    }

    /** Whether one side has said that it sends nothing more. */
    boolean halfClosed() {
        return clientEnded || podEnded;
    }

    // ---- from the client

    /**
     * Bytes of the client.
     *
     * @param bytes taken over
     * @param last whether the client has ended its half
     */
    void fromClient(ByteBuf bytes, boolean last) {
        pod.sendBody(bytes, false);
        if (last) {
            clientEnded = true;
            pod.endOutput(() -> {
                podToldEnd = true;
                endIfOver();
            });
        } else if (!pod.writable()) {
            client.readBody(false);
        }
        exchange.progress();
    }

    @Override
    public void writabilityChanged() {
        if (pod.writable() && !clientEnded) {
            client.readBody(true);
        }
    }

    // ---- from the pod

    @Override
    public void body(ByteBuf bytes, boolean last) {
        if (bytes.isReadable()) {
            client.write(bytes);
        } else {
            bytes.release();
        }
        if (last) {
            podEnds();
        } else if (!client.writable()) {
            pod.reading(false);
        }
        if (!exchange.ended()) {
            exchange.progress();
        }
    }

    private void podEnds() {
        podEnded = true;
        if (client.peer().tls()) {
            // No half of an encrypted connection can be closed so that all clients understand it.
            over();
            return;
        }
        client.endOutput(() -> {
            clientToldEnd = true;
            endIfOver();
        });
    }

    @Override
    public void readComplete() {
        client.flush();
    }

    /** The client takes bytes again. */
    void clientWritable() {
        pod.reading(true);
    }

    // ---- the end

    private void endIfOver() {
        if (clientToldEnd && podToldEnd && !exchange.ended()) {
            over();
        }
    }

    private void over() {
        pod.abort();
        exchange.completed(Usage.UNKNOWN, SWITCHING_PROTOCOLS);
    }

    @Override
    public void failed(UpstreamFailure failure) {
        if (halfClosed()) {
            over();
        } else {
            exchange.broken(ErrorCode.UPSTREAM_RESET);
        }
    }

    @Override
    public void connected() {
        throw new IllegalStateException("connected before");
    }

    @Override
    public void firstByte() {
        throw new IllegalStateException("answered before");
    }

    @Override
    public @Nullable PayloadSink head(ResponseHead head) {
        throw new IllegalStateException("answered before");
    }
}
