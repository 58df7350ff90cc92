package dev.penstock.bench.proxy.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Reads what a process and its descendants cost from {@code /proc}. */
public final class ProcMeter {
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final String RESIDENT = "VmRSS:";

    private final Path proc;

    /** A meter of this machine's processes. */
    public ProcMeter() {
        this(Path.of("/proc"));
    }

    /** A meter that reads {@code proc} in place of {@code /proc}. */
    ProcMeter(Path proc) {
        this.proc = proc;
    }

    /**
     * CPU time of every thread of {@code pid} and of its descendants.
     *
     * @throws BenchException if the kernel does not account for it, or the process is gone
     */
    public CpuSample cpu(long pid) {
        Map<Long, CpuSample.ThreadTime> threads = new HashMap<>();
        family(pid).forEach(member -> addThreads(member, threads));
        if (threads.isEmpty()) {
            throw new BenchException("no CPU time of process " + pid + " in " + proc + ": it ended, or the kernel keeps"
                    + " no schedstat");
        }
        return new CpuSample(threads);
    }

    /** Resident memory of {@code pid} and its descendants, in bytes; zero if it is gone. */
    public long residentBytes(long pid) {
        return family(pid).map(this::residentOf).sum();
    }

    /** The time on a CPU, in nanoseconds, that a {@code schedstat} file tells. */
    static long schedstatNanos(String text) {
        String[] fields = SPACES.split(text.strip(), -1);
        try {
            return Long.parseLong(fields[0]);
        } catch (NumberFormatException e) {
            throw new BenchException("not a schedstat: '" + text.strip() + "'", e);
        }
    }

    private static LongStream family(long pid) {
        LongStream descendants = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(ProcessHandle::pid);
        return LongStream.concat(LongStream.of(pid), descendants);
    }

    private void addThreads(long pid, Map<Long, CpuSample.ThreadTime> threads) {
        Path tasks = proc.resolve(Long.toString(pid)).resolve("task");
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(tasks)) {
            for (Path folder : folders) {
                addThread(folder, threads);
            }
        } catch (NoSuchFileException e) {
            // A descendant may end between being listed and being read.
            return;
        } catch (IOException e) {
            throw new BenchException("cannot read " + tasks + ": " + e.getMessage(), e);
        }
    }

    private static void addThread(Path folder, Map<Long, CpuSample.ThreadTime> threads) throws IOException {
        try {
            String name = Files.readString(folder.resolve("comm")).strip();
            long nanos = schedstatNanos(Files.readString(folder.resolve("schedstat")));
            threads.put(Long.valueOf(folder.getFileName().toString()), new CpuSample.ThreadTime(name, nanos));
        } catch (NoSuchFileException e) {
            // So may a thread.
            return;
        }
    }

    private long residentOf(long pid) {
        Path status = proc.resolve(Long.toString(pid)).resolve("status");
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(RESIDENT)) {
                    return Long.parseLong(SPACES.split(line.strip(), -1)[1]) * 1024;
                }
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
