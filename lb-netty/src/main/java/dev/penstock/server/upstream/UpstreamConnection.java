package dev.penstock.server.upstream;

import dev.penstock.spi.PodView;
import io.netty.buffer.ByteBuf;

/**
 * A connection to an endpoint, or one stream of it, lent for one request. Confined to one event loop. It finds its own
 * way back: to the pool when the answer is complete, else to its end.
 */
public sealed interface UpstreamConnection permits Http1Connection {
    /** Length of a body that is not known beforehand. */
    long UNKNOWN_LENGTH = -1;

    /** The endpoint. */
    PodView endpoint();

    /** Whether the request can be sent now, without waiting for {@link UpstreamListener#connected}. */
    boolean ready();

    /**
     * Sends the head, and the body or its beginning.
     *
     * @param request the head
     * @param length bytes of the body; 0 for none, {@link #UNKNOWN_LENGTH} if they are not known
     * @param body the body or its beginning; taken over
     * @param last whether that is all of it
     */
    void send(UpstreamRequest request, long length, ByteBuf body, boolean last);

    /**
     * Sends more of the body.
     *
     * @param body taken over
     * @param last whether that is the rest
     */
    void sendBody(ByteBuf body, boolean last);

    /**
     * From now on bytes go in both directions as they are: the answer was 101. {@link #sendBody} takes the client's;
     * those of the pod are told as body, the last one when the pod has ended its half. The connection does not go back
     * to the pool: it lasts until {@link #abort} or {@link UpstreamListener#failed}.
     *
     * @param user who hears of it from now on
     */
    void tunnel(UpstreamListener user);

    /**
     * Ends our half of a tunnel behind what was sent.
     *
     * @param told run once the pod has been told, or cannot be any more
     */
    void endOutput(Runnable told);

    /** Whether the connection takes more of the body without piling it up. */
    boolean writable();

    /** Goes on reading the answer, or pauses. */
    void reading(boolean on);

    /**
     * Where a chunked answer stands: 0 between two chunks, else the payload that the current chunk still owes; -1 where
     * neither can be said.
     */
    long chunkRemainder();

    /** Nobody wants the answer any more: closes the connection. */
    void abort();
}
