package dev.penstock.server.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import java.util.function.Consumer;

/** Cuts bytes into buffers of random sizes and kinds, as reads from a socket would. */
public final class Pieces {
    private final Random random;
    /** Untracked: the leak detector's record of every touch would cost more than the tests; leaks are asserted here. */
    private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

    public Pieces(long seed) {
        random = new Random(seed);
    }

    /** Hands the bytes on in pieces; each buffer is released afterwards. */
    public void feed(byte[] bytes, Consumer<ByteBuf> taker) {
        // Few sizes are tiny: each piece is a buffer of its own.
        int largest = 1 + random.nextInt(random.nextBoolean() ? 8 : Math.max(1, bytes.length));
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(largest));
            feedOne(bytes, at, length, taker);
            at += length;
        }
    }

    /** Hands all bytes on in one buffer. */
    public void feedWhole(byte[] bytes, Consumer<ByteBuf> taker) {
        feedOne(bytes, 0, bytes.length, taker);
    }

    private void feedOne(byte[] bytes, int at, int length, Consumer<ByteBuf> taker) {
        // Something before the readable bytes: indices must not be taken for offsets.
        int before = random.nextInt(4);
        ByteBuf buffer = random.nextBoolean() ? allocator.directBuffer() : allocator.heapBuffer();
        buffer.writeZero(before).skipBytes(before).writeBytes(bytes, at, length);
        taker.accept(buffer);
        if (!buffer.release()) {
            throw new AssertionError("somebody kept the buffer");
        }
    }
}
