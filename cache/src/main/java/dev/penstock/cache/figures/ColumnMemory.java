package dev.penstock.cache.figures;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Where the chunks of the columns are. Confined to {@code lb-cache}. */
interface ColumnMemory extends AutoCloseable {

    /** Memory of the process alone. */
    ColumnMemory DIRECT = new ColumnMemory() {
        @Override
        public UnsafeBuffer chunk(int index) {
            return new UnsafeBuffer(ByteBuffer.allocateDirect(ColumnLayout.CHUNK_BYTES));
        }

        @Override
        public void close() {
            // The memory goes with the last reference: a late count must never meet memory that was given back.
        }
    };

    /** Zeroed memory for a chunk, aligned to 8 bytes; asked for once for each index. */
    UnsafeBuffer chunk(int index);

    @Override
    void close();
}
