package dev.penstock.server.relay;

import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * Drops the usage event that we asked for and the client did not, from a stream of server-sent events. Confined to one
 * event loop; reused for one response after the other.
 *
 * <p>Everything else passes byte for byte. Of a chunked body, a chunk that is whole in one read and has no part of that
 * event passes with its framing as a slice of the read; only a chunk that is cut by a read, or loses the event, is
 * framed anew. Held back is at most one event, and only while its bytes could still become the one to drop.
 */
public final class UsageChunkFilter {
    /** Where in the framing the next byte is. */
    private enum At { SIZE, EXTENSION, DATA, DATA_END, REST }

    private final ScanScratch scratch;
    private final UsageEventGate gate = new UsageEventGate();
    private final FilteredBytes out = new FilteredBytes();
    private boolean chunked;
    private At at = At.SIZE;
    private long size;
    private boolean sizeBegun;
    private long left;
    private int endLeft;
    private byte[] held = {};
    private int heldLength;

    /** A filter that {@link #reset} makes ready. */
    public UsageChunkFilter(ScanScratch scratch) {
        this.scratch = scratch;
    }

    /**
     * Makes ready for the next response.
     *
     * @param framed whether what is filtered is a chunked body with its framing, or payload alone
     */
    public void reset(boolean framed) {
        chunked = framed;
        at = At.SIZE;
        size = 0;
        sizeBegun = false;
        left = 0;
        endLeft = 0;
        heldLength = 0;
        gate.reset();
    }

    /**
     * What goes to the client of the next bytes: a slice of them where nothing is changed, perhaps empty where all is
     * dropped or held back. The caller releases it; the buffer given stays the caller's.
     *
     * @param in bytes that {@link BodyFraming} has walked, if they are framed
     * @param index absolute index of the first byte
     * @param length number of bytes
     */
    public ByteBuf filter(ByteBuf in, int index, int length, ByteBufAllocator allocator) {
        out.begin(in, index, allocator);
        int end = index + length;
        if (chunked) {
            chunks(in, index, end);
        } else if (length > 0) {
            scan(in, index, end);
            emitPassing();
            hold(in, end);
        }
        return out.end();
    }

    /**
     * What is held back when the stream ends before an event does; perhaps empty. The caller releases it. Of a framed
     * body nothing is left, for its last chunk let it go.
     */
    public ByteBuf finish(ByteBufAllocator allocator) {
        if (heldLength == 0 || chunked) {
            return Unpooled.EMPTY_BUFFER;
        }
        ByteBuf rest = allocator.buffer(heldLength).writeBytes(held, 0, heldLength);
        heldLength = 0;
        return rest;
    }

    /**
     * Whether what it gave out of a framed body stands between two chunks, wherever the pod's side stands: of a chunk
     * that is cut, what passes is framed anew.
     */
    public boolean betweenChunks() {
        return chunked && at != At.REST;
    }

    /** Whether the event was dropped. */
    public boolean dropped() {
        return gate.dropped() > 0;
    }

    private void chunks(ByteBuf in, int from, int end) {
        int chunkStart = at == At.SIZE && !sizeBegun ? from : -1;
        int i = from;
        while (i < end) {
            switch (at) {
                case SIZE, EXTENSION -> {
                    byte b = in.getByte(i++);
                    if (b == '\n') {
                        i = chunkBegins(in, chunkStart, i, end);
                        chunkStart = i;
                    } else {
                        size(b);
                    }
                }
                case DATA -> {
                    int stop = (int) Math.min(end, i + left);
                    left -= stop - i;
                    piece(in, i, stop);
                    i = stop;
                    endOfData(2);
                }
                case DATA_END -> {
                    int count = Math.min(endLeft, end - i);
                    i += count;
                    endOfData(endLeft - count);
                    chunkStart = i;
                }
                case REST -> {
                    out.pass(i, end);
                    i = end;
                }
            }
        }
    }

    private void size(byte b) {
        sizeBegun = true;
        int digit = Character.digit(b, 16);
        if (at == At.SIZE && digit >= 0) {
            size = (size << 4) | digit;
        } else {
            at = At.EXTENSION;
        }
    }

    /** The line with the size is read; returns the index behind what was dealt with. */
    private int chunkBegins(ByteBuf in, int chunkStart, int dataStart, int end) {
        long length = size;
        size = 0;
        sizeBegun = false;
        if (length == 0) {
            if (heldLength > 0) {
                out.insertChunk(held, heldLength);
                heldLength = 0;
            }
            if (chunkStart >= 0) {
                out.pass(chunkStart, dataStart);
            } else {
                out.insertLastChunkLine();
            }
            at = At.REST;
            return dataStart;
        }
        boolean whole = chunkStart >= 0 && length <= end - dataStart - 2;
        if (!whole) {
            left = length;
            at = At.DATA;
            return dataStart;
        }
        int dataEnd = dataStart + (int) length;
        boolean clean = heldLength == 0;
        scan(in, dataStart, dataEnd);
        clean &= gate.parts() == 1 && gate.partStart(0) == dataStart && gate.partEnd(0) == dataEnd;
        if (clean) {
            out.pass(chunkStart, dataEnd + 2);
        } else {
            emitPassing();
            hold(in, dataEnd);
        }
        at = At.SIZE;
        return dataEnd + 2;
    }

    private void piece(ByteBuf in, int from, int to) {
        scan(in, from, to);
        emitPassing();
        hold(in, to);
    }

    private void endOfData(int remaining) {
        if (at == At.DATA && left > 0) {
            return;
        }
        endLeft = remaining;
        at = remaining > 0 ? At.DATA_END : At.SIZE;
    }

    private void scan(ByteBuf in, int from, int to) {
        gate.begin(from);
        scratch.feed(in, from, to - from, gate);
    }

    private void emitPassing() {
        int count = gate.released() ? heldLength : 0;
        for (int part = 0; part < gate.parts(); part++) {
            count += gate.partEnd(part) - gate.partStart(part);
        }
        if (count == 0) {
            return;
        }
        if (chunked) {
            out.insertChunkLine(count);
        }
        if (gate.released()) {
            out.insert(held, heldLength);
        }
        for (int part = 0; part < gate.parts(); part++) {
            out.pass(gate.partStart(part), gate.partEnd(part));
        }
        if (chunked) {
            out.insertLineEnd();
        }
    }

    /** Keeps the bytes of the span that are still undecided. */
    private void hold(ByteBuf in, int end) {
        if (gate.decidedHeld()) {
            heldLength = 0;
        }
        int count = gate.undecided() - heldLength;
        if (count == 0) {
            return;
        }
        if (heldLength + count > held.length) {
            held = Arrays.copyOf(held, Math.max(1024, 2 * (heldLength + count)));
        }
        in.getBytes(end - count, held, heldLength, count);
        heldLength += count;
    }
}
