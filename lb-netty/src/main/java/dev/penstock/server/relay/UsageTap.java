package dev.penstock.server.relay;

import dev.penstock.server.body.ScanScratch;
import dev.penstock.spi.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What is done about usage while an answer passes: it is read, and where we have asked for it in the client's place the
 * event that tells it is dropped again. Confined to one event loop; reused for one response after the other.
 *
 * <p>One search of the bytes serves both: whole events that tell no usage go past the filter as they are.
 */
public final class UsageTap implements PayloadSink {
    private final UsageScanner scanner;
    private final UsageChunkFilter filter;
    private boolean filtering;

    /** A tap that {@link #reset} makes ready. */
    public UsageTap(ScanScratch scratch) {
        scanner = new UsageScanner(scratch);
        filter = new UsageChunkFilter(scratch);
    }

    /**
     * Makes ready for the next response.
     *
     * @param id whether the id of the response is asked for
     * @param length bytes of the whole payload; -1 where that is not known
     * @param filtered how what is to be filtered is framed, chunked or not at all; null where nothing is
     */
    public void reset(UsageScanner.Mode payload, boolean id, long length, @Nullable Framing filtered) {
        scanner.reset(payload, id, length);
        filtering = filtered != null;
        if (filtering) {
            filter.reset(filtered == Framing.CHUNKED);
        }
    }

    /** Reads the next span of payload. To be called before the span passes. */
    @Override
    public void payload(ByteBuf buffer, int index, int length) {
        scanner.payload(buffer, index, length);
    }

    /**
     * What goes to the client of bytes whose payload has been read.
     *
     * @param in framed as {@link #reset} was told; taken over
     * @param betweenChunks whether they end between two chunks
     * @return perhaps empty; for the caller to release
     */
    public ByteBuf pass(ByteBuf in, boolean betweenChunks, ByteBufAllocator allocator) {
        if (!filtering || (scanner.takePlain() && betweenChunks && filter.idle())) {
            return in;
        }
        ByteBuf out = filter.filter(in, in.readerIndex(), in.readableBytes(), allocator);
        in.release();
        return out;
    }

    /**
     * What goes to the client of a span of payload that has been read. The buffer stays the caller's.
     *
     * @return perhaps empty; for the caller to release
     */
    public ByteBuf passSpan(ByteBuf buffer, int index, int length, ByteBufAllocator allocator) {
        if (!filtering || (scanner.takePlain() && filter.idle())) {
            return buffer.retainedSlice(index, length);
        }
        return filter.filter(buffer, index, length, allocator);
    }

    /**
     * The payload is whole.
     *
     * @return what has been held back; perhaps empty; for the caller to release
     */
    public ByteBuf finish(ByteBufAllocator allocator) {
        scanner.finish();
        return filtering ? filter.finish(allocator) : Unpooled.EMPTY_BUFFER;
    }

    /** Whether what has passed of a chunked body stands between two chunks, wherever the pod's side stands. */
    public boolean betweenChunks() {
        return filtering && filter.betweenChunks();
    }

    /** What the pod counted, or {@link Usage#UNKNOWN}. */
    public Usage usage() {
        return scanner.usage();
    }

    /** The id of the response, or null where none was seen or asked for. */
    public @Nullable String responseId() {
        return scanner.responseId();
    }

    /** Whether something should have told usage and could not be read. */
    public boolean broken() {
        return scanner.broken() > 0;
    }
}
