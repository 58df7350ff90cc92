package dev.penstock.cache.figures;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Where the chunks of the columns are. Confined to {@code lb-cache}. */
interface ColumnMemory extends AutoCloseable {

    /** Memory of the process alone. */
    ColumnMemory DIRECT = new ColumnMemory() {
        @Override
        public Chunk chunk(int index) {
            return Chunk.direct();
        }

        @Override
        public void close() {
            // The memory goes with the last reference: a late count must never meet memory that was given back.
        }
    };

    /**
     * Zeroed memory, aligned to 8 bytes.
     *
     * @param columns the columns
     * @param names the names beside them; null where nobody else looks
     */
    record Chunk(UnsafeBuffer columns, @Nullable EndpointNames names) {

        static Chunk direct() {
            return new Chunk(new UnsafeBuffer(ByteBuffer.allocateDirect(ColumnLayout.CHUNK_BYTES)), null);
        }
    }

    /** Memory for a chunk; asked for once for each index, in their order. */
    Chunk chunk(int index);

    @Override
    void close();
}
