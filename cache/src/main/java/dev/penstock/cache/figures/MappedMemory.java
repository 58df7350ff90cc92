package dev.penstock.cache.figures;

import java.io.IOException;
import java.io.UncheckedIOException;
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
 * that is being saved would wait for the disk, in the middle of a request.
 */
final class MappedMemory implements ColumnMemory {

    private static final Set<String> MEMORY_FILE_SYSTEMS = Set.of("tmpfs", "ramfs", "hugetlbfs");

    private final Path file;
    private final MappedByteBuffer mapped;

    private MappedMemory(Path file, MappedByteBuffer mapped) {
        this.file = file;
        this.mapped = mapped;
    }

    /**
     * Makes the file, in the place of one that is left from before.
     *
     * @throws IOException where there is no room for it, or no memory file system
     */
    static MappedMemory create(Path file, int maxEndpoints) throws IOException {
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
        int chunks = ColumnLayout.chunks(maxEndpoints);
        long size = FileHeader.BYTES + (long) chunks * ColumnLayout.CHUNK_BYTES;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            // Written, not only mapped: a full file system is an error here, and a dead process later.
            ByteBuffer zeros = ByteBuffer.allocate(ColumnLayout.CHUNK_BYTES);
            while (channel.size() < size) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), size - channel.size()));
                channel.write(zeros, channel.size());
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
            UnsafeBuffer header = new UnsafeBuffer(mapped, 0, FileHeader.BYTES);
            header.putInt(FileHeader.VERSION_AT, ColumnLayout.VERSION);
            header.putInt(FileHeader.GAUGES_AT, ColumnLayout.gauges());
            header.putInt(FileHeader.SLOTS_AT, chunks * ColumnLayout.CHUNK);
            header.putInt(FileHeader.CHUNK_SLOTS_AT, ColumnLayout.CHUNK);
            header.putLong(FileHeader.PID_AT, ProcessHandle.current().pid());
            header.putLongVolatile(FileHeader.MAGIC_AT, FileHeader.MAGIC);
            return new MappedMemory(file, mapped);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    @Override
    public UnsafeBuffer chunk(int index) {
        return new UnsafeBuffer(mapped, FileHeader.BYTES + index * ColumnLayout.CHUNK_BYTES,
                ColumnLayout.CHUNK_BYTES);
    }

    @Override
    public void close() {
        // The mapping goes with the last reference: a late count must never meet memory that was given back.
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
