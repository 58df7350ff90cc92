package dev.penstock.server.disaggregated;

import dev.penstock.server.body.BodyBudget;
import dev.penstock.server.relay.PayloadSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The answer of a prefill endpoint, put together, and what it takes of the budget for held bodies. Confined to one
 * event loop.
 */
public final class AnswerBuffer implements PayloadSink {
    /** Why no more is taken. */
    public enum Overflow {
        /** There is none. */
        NONE,
        /** It is larger than an answer may be. */
        LIMIT,
        /** The budget has nothing left. */
        BUDGET
    }

    private final BodyBudget budget;
    private final ByteBuf bytes;
    private final long limit;
    private Overflow overflow = Overflow.NONE;
    private long taken;
    private boolean released;

    /**
     * An empty buffer.
     *
     * @param limit most bytes of an answer
     */
    public AnswerBuffer(ByteBufAllocator allocator, BodyBudget budget, long limit) {
        this.budget = budget;
        this.bytes = allocator.buffer();
        this.limit = limit;
    }

    @Override
    public void payload(ByteBuf buffer, int index, int length) {
        if (overflow != Overflow.NONE) {
            return;
        }
        if (taken + length > limit) {
            overflow = Overflow.LIMIT;
        } else if (budget.tryTake(length)) {
            taken += length;
            bytes.writeBytes(buffer, index, length);
        } else {
            overflow = Overflow.BUDGET;
        }
    }

    /** Whether it took all that came. */
    public Overflow overflow() {
        return overflow;
    }

    /** What has come; stays the buffer's. */
    public ByteBuf bytes() {
        return bytes;
    }

    /** Gives back the bytes, and what they took of the budget. Further calls do nothing. */
    public void release() {
        if (!released) {
            released = true;
            bytes.release();
            budget.release(taken);
        }
    }
}
