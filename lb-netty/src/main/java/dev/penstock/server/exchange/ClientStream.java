package dev.penstock.server.exchange;

import dev.penstock.server.relay.Framing;
import dev.penstock.server.relay.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AsciiString;

/**
 * The client's side of one request: an HTTP/1.x connection while it serves that request, or one stream of another
 * protocol. Confined to its event loop.
 */
public interface ClientStream {
    /** Who is at the other end. */
    Peer peer();

    /** What the connection speaks, for the access log. */
    default String protocol() {
        return "HTTP/1.1";
    }

    /** Makes buffers. */
    ByteBufAllocator alloc();

    /** Whether a body may be passed on with its chunks as they are; else payload is asked for. */
    boolean takesChunks();

    /** Whether the connection can be made a tunnel, as for a WebSocket. */
    default boolean tunnels() {
        return false;
    }

    /**
     * Answers 101 with a pod's head: from now on bytes go in both directions as they are. The exchange gets those of
     * the client as {@link Exchange#requestBody}, those that are there already within this call; the last one when the
     * client has ended its half. Nothing is flushed. Only where {@link #tunnels()}.
     *
     * @param head the pod's head
     * @param added our headers
     * @param overridden names of the pod's headers that ours take the place of
     */
    default void tunnel(ResponseHead head, HeaderSource added, AsciiString[] overridden) {
        throw new UnsupportedOperationException("no tunnel");
    }

    /**
     * Tells the client of a tunnel that nothing more comes, behind what was written.
     *
     * @param told run once the client has been told, or cannot be any more
     */
    default void endOutput(Runnable told) {
        throw new UnsupportedOperationException("no tunnel");
    }

    /** Tells a client that waits for it that it may send the body. */
    void sendContinue();

    /**
     * Begins the answer with a pod's head. Nothing is flushed.
     *
     * @param head the pod's head
     * @param added our headers
     * @param overridden names of the pod's headers that ours take the place of
     * @param framing how the bytes of {@link #write} are framed; {@link Framing#UNTIL_CLOSE} for payload alone
     * @param length for {@link Framing#LENGTH}; else what an answer without body tells, or -1
     */
    void begin(ResponseHead head, HeaderSource added, AsciiString[] overridden, Framing framing, long length);

    /**
     * Writes bytes of the body, and does not flush.
     *
     * @param bytes framed as {@link #begin} was told; taken over
     */
    void write(ByteBuf bytes);

    /** Sends on what was written. */
    void flush();

    /** The answer is complete. Flushes. The exchange hears nothing more. */
    void complete();

    /**
     * Sends a whole answer of our own and completes.
     *
     * @param status HTTP status
     * @param added headers
     * @param body the body, {@code application/json}; not to be changed afterwards
     */
    void respond(int status, HeaderSource added, byte[] body);

    /** Ends an answer that has begun so that the client sees that it is not whole. The exchange hears nothing more. */
    void abort();

    /** Whether the client takes more bytes without piling them up. */
    boolean writable();

    /** Goes on reading the request's body, or pauses. */
    void readBody(boolean on);
}
