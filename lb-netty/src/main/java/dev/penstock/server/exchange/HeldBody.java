package dev.penstock.server.exchange;

import dev.penstock.server.body.BodyBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one request's body that are held, for inspection and for retries, and what they take of the budget.
 * Confined to one event loop. A body that came in one piece is that piece, not a copy.
 */
final class HeldBody {
    /** Smaller pieces are copied together: each would keep a whole read buffer alive. */
    private static final int SMALL = 2 * 1024;
    private static final int TAIL = 16 * 1024;

    private final BodyBudget budget;
    private @Nullable ByteBuf first;
    private @Nullable CompositeByteBuf pieces;
    /** Small pieces that are not part of {@link #pieces} yet. */
    private @Nullable ByteBuf tail;
    private long length;
    private long taken;

    HeldBody(BodyBudget budget) {
        this.budget = budget;
    }

    /** Takes bytes of the budget; false if there are not so many. */
    boolean take(long bytes) {
        if (!budget.tryTake(bytes)) {
            return false;
        }
        taken += bytes;
        return true;
    }

    /** Gives bytes back that were taken for something beside the body, unless all has been given back already. */
    void giveBack(long bytes) {
        long given = Math.min(bytes, taken);
        taken -= given;
        budget.release(given);
    }

    /** Bytes taken of the budget. */
    long taken() {
        return taken;
    }

    long length() {
        return length;
    }

    /** Adds bytes, which are taken over. */
    void add(ByteBuf bytes, ByteBufAllocator alloc) {
        int count = bytes.readableBytes();
        if (count == 0) {
            bytes.release();
            return;
        }
        length += count;
        if (first == null) {
            first = bytes;
        } else if (count >= SMALL) {
            join(alloc);
            append(bytes, alloc);
        } else {
            ByteBuf small = tail;
            if (small == null || small.writableBytes() < count) {
                join(alloc);
                small = alloc.ioBuffer(TAIL);
                tail = small;
            }
            small.writeBytes(bytes);
            bytes.release();
        }
    }

    private void join(ByteBufAllocator alloc) {
        ByteBuf small = tail;
        if (small != null) {
            tail = null;
            append(small, alloc);
        }
    }

    private void append(ByteBuf bytes, ByteBufAllocator alloc) {
        CompositeByteBuf all = pieces;
        if (all == null) {
            all = alloc.compositeBuffer(Integer.MAX_VALUE);
            all.addComponent(true, held());
            pieces = all;
            first = all;
        }
        all.addComponent(true, bytes);
    }

    private ByteBuf held() {
        return first == null ? Unpooled.EMPTY_BUFFER : first;
    }

    /** The bytes; they stay held. */
    ByteBuf bytes(ByteBufAllocator alloc) {
        join(alloc);
        return held();
    }

    /** The bytes, which are not held any more. What they took of the budget is given back. */
    ByteBuf handOver(ByteBufAllocator alloc) {
        ByteBuf bytes = bytes(alloc);
        forget();
        return bytes;
    }

    void release() {
        ByteBuf bytes = first;
        ByteBuf small = tail;
        forget();
        if (bytes != null) {
            bytes.release();
        }
        if (small != null) {
            small.release();
        }
    }

    private void forget() {
        first = null;
        pieces = null;
        tail = null;
        length = 0;
        if (taken > 0) {
            budget.release(taken);
            taken = 0;
        }
    }
}
