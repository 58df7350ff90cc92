package dev.penstock.cache.figures;

/** The first page of a figures file. The magic number is written last: a file without it is not finished. */
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

    private FileHeader() {}
}
