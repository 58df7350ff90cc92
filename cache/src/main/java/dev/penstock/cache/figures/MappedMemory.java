package dev.penstock.cache.figures;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Columns in a file that other processes can look at. On a memory file system only: on any other, a write to a page
 * that is being saved would wait for the disk, in the middle of a request. Confined to {@code lb-cache}.
 *
 * <p>The file is locked for as long as the process lives, so that others can tell a file that was left behind, whatever
 * process ids mean to them. It grows with the fleet; where it cannot, the endpoints beyond it are not shown.
 */
final class MappedMemory implements ColumnMemory {

    private static final Logger LOG = System.getLogger(MappedMemory.class.getName());
    private static final Set<String> MEMORY_FILE_SYSTEMS = Set.of("tmpfs", "ramfs", "hugetlbfs");

    private final Path file;
    private final FileChannel channel;
    private final UnsafeBuffer header;
    private boolean full;

    private MappedMemory(Path file, FileChannel channel, int maxEndpoints, long maxAgeNanos, long nowNanos)
            throws IOException {
        this.file = file;
        this.channel = channel;
        channel.lock();
        append(FileHeader.BYTES);
        header = new UnsafeBuffer(channel.map(FileChannel.MapMode.READ_WRITE, 0, FileHeader.BYTES));
        header.putInt(FileHeader.VERSION_AT, ColumnLayout.VERSION);
        header.putInt(FileHeader.GAUGES_AT, ColumnLayout.gauges());
        header.putInt(FileHeader.SLOTS_AT, ColumnLayout.chunks(maxEndpoints) * ColumnLayout.CHUNK);
        header.putInt(FileHeader.CHUNK_SLOTS_AT, ColumnLayout.CHUNK);
        header.putLong(FileHeader.PID_AT, ProcessHandle.current().pid());
        header.putInt(FileHeader.COLUMNS_BYTES_AT, ColumnLayout.CHUNK_BYTES);
        header.putInt(FileHeader.NAMES_BYTES_AT, FileHeader.NAMES_BYTES);
        header.putLong(FileHeader.STARTED_AT, nowNanos);
        header.putLong(FileHeader.MAX_AGE_AT, maxAgeNanos);
        header.putLongVolatile(FileHeader.MAGIC_AT, FileHeader.MAGIC);
    }

    /**
     * Makes the file, in the place of one that is left from before.
     *
     * @throws IOException where there is no room for it, or no memory file system
     */
    static MappedMemory create(Path file, int maxEndpoints, long maxAgeNanos, long nowNanos) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("no such directory: " + directory);
        }
        String type = Files.getFileStore(directory).type();
        if (!MEMORY_FILE_SYSTEMS.contains(type)) {
            throw new IOException(directory + " is on a file system of type " + type + ", not in memory; try /dev/shm");
        }
        // Whoever still looks at the old file keeps it: it is another one.
        Files.deleteIfExists(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            return new MappedMemory(file, channel, maxEndpoints, maxAgeNanos, nowNanos);
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    @Override
    public Chunk chunk(int index) {
        if (full) {
            return Chunk.direct();
        }
        try {
            long at = FileHeader.chunkAt(index);
            append(FileHeader.STRIDE);
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, at, FileHeader.STRIDE);
            header.putIntVolatile(FileHeader.CHUNKS_AT, index + 1);
            return new Chunk(new UnsafeBuffer(mapped, 0, ColumnLayout.CHUNK_BYTES),
                    new EndpointNames(new UnsafeBuffer(mapped, ColumnLayout.CHUNK_BYTES, FileHeader.NAMES_BYTES)));
        } catch (IOException e) {
            full = true;
            LOG.log(Level.WARNING, file + " cannot grow (" + e.getMessage() + "): endpoints from slot "
                    + index * ColumnLayout.CHUNK + " on are not shown there");
            return Chunk.direct();
        }
    }

    // Written, not only mapped: a full file system is an error here, and a dead process later.
    private void append(int bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(bytes);
        long at = channel.size();
        while (zeros.hasRemaining()) {
            at += channel.write(zeros, at);
        }
    }

    @Override
    public void close() {
        // The mapping goes with the last reference: a late count must never meet memory that was given back.
        try {
            Files.deleteIfExists(file);
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
