package dev.penstock.cache.figures;

/**
 * The first page of a figures file. The magic number is written last: a file without it is not finished. Chunks follow,
 * as many as were needed so far: the columns of each, then its names.
 */
final class FileHeader {

    static final int BYTES = 4096;
    /** "PENSTOCK" in ASCII. */
    static final long MAGIC = 0x50454E53544F434BL;

    static final int MAGIC_AT = 0;
    static final int VERSION_AT = 8;
    static final int GAUGES_AT = 12;
    static final int SLOTS_AT = 16;
    static final int CHUNK_SLOTS_AT = 20;
    static final int PID_AT = 24;
    static final int COLUMNS_BYTES_AT = 32;
    static final int NAMES_BYTES_AT = 36;
    /** Chunks that are there; grows. */
    static final int CHUNKS_AT = 40;
    static final int STARTED_AT = 48;
    /** Age from which a gauge counts as missing. */
    static final int MAX_AGE_AT = 56;

    /** Bytes of the names of a chunk. */
    static final int NAMES_BYTES = ColumnLayout.CHUNK * EndpointNames.RECORD_BYTES;
    /** From one chunk to the next. */
    static final int STRIDE = ColumnLayout.CHUNK_BYTES + NAMES_BYTES;

    private FileHeader() {}

    static long chunkAt(int index) {
        return BYTES + (long) index * STRIDE;
    }
}
