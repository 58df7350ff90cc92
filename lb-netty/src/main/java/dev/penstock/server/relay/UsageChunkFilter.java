package dev.penstock.server.relay;

import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Drops the usage event that we asked for and the client did not, from a stream of server-sent events. Confined to one
 * event loop; reused.
 */
public final class UsageChunkFilter {
    /** A filter that {@link #reset} makes ready. */
    public UsageChunkFilter(ScanScratch scratch) {
    }

    /**
     * Makes ready for the next response.
     *
     * @param chunked whether what is filtered is a chunked body with its framing, or payload alone
     */
    public void reset(boolean chunked) {
        throw new UnsupportedOperationException();
    }

    /**
     * What goes to the client of the next bytes: a slice of them where nothing is changed, perhaps empty where all is
     * dropped or held back. The caller releases it; the buffer given stays the caller's.
     *
     * @param index absolute index of the first byte of the body
     * @param length number of bytes of the body
     */
    public ByteBuf filter(ByteBuf in, int index, int length, ByteBufAllocator allocator) {
        throw new UnsupportedOperationException();
    }

    /** What is held back, when the body ends before an event does; perhaps empty. The caller releases it. */
    public ByteBuf finish(ByteBufAllocator allocator) {
        throw new UnsupportedOperationException();
    }

    /** Whether the event was dropped. */
    public boolean dropped() {
        throw new UnsupportedOperationException();
    }
}
