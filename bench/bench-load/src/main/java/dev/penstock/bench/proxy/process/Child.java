package dev.penstock.bench.proxy.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A started process with everything it starts itself; used by the benchmark's thread and by its shutdown hook. */
public final class Child implements AutoCloseable {
    private static final int TAIL_LINES = 30;
    private static final long GRACE_MILLIS = 3_000;

    private final String name;
    private final Process process;
    private final List<Path> outputs;

    private Child(String name, Process process, List<Path> outputs) {
        this.name = name;
        this.process = process;
        this.outputs = outputs;
    }

    /** Starts {@code spec}; its output goes to {@code NAME.out} and {@code NAME.err} in {@code folder}. */
    static Child start(ChildSpec spec, Path folder) {
        Path out = folder.resolve(spec.name() + ".out");
        Path err = folder.resolve(spec.name() + ".err");
        ProcessBuilder builder = new ProcessBuilder(spec.command()).directory(spec.directory().toFile());
        builder.environment().putAll(spec.environment());
        builder.redirectError(err.toFile());
        if (!spec.piped()) {
            builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.redirectOutput(out.toFile());
        }
        try {
            return new Child(spec.name(), builder.start(), spec.piped() ? List.of(err) : List.of(err, out));
        } catch (IOException e) {
            throw new BenchException("cannot start " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    /** What messages call it. */
    public String name() {
        return name;
    }

    /** The process id; programs that pin replace themselves, so it is the id of the program proper. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** The standard output of a piped child. */
    public InputStream output() {
        return process.getInputStream();
    }

    /** The standard input of a piped child. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /**
     * Waits for the process to end by itself.
     *
     * @throws BenchException if it takes longer than {@code seconds}, or ends with a status other than zero
     */
    public void awaitEnd(long seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new BenchException(name + " did not end within " + seconds + " s" + tail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while waiting for " + name, e);
        }
        if (process.exitValue() != 0) {
            throw ended();
        }
    }

    /** The error that says that this process has ended, with the end of what it printed. */
    public BenchException ended() {
        return new BenchException(name + " ended with status " + process.exitValue() + tail());
    }

    /** What the process has printed so far to its standard output, if that is not piped. */
    public String printed() {
        return String.join("\n", lines(outputs.getLast()));
    }

    /** The last lines that the process printed, each on a line of its own after a colon; empty if there are none. */
    public String tail() {
        StringBuilder text = new StringBuilder();
        for (Path output : outputs) {
            List<String> lines = lines(output);
            for (String line : lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())) {
                text.append(System.lineSeparator()).append("    ").append(line);
            }
        }
        return text.isEmpty() ? "" : ":" + text;
    }

    /** Ends the process and its descendants: asks first, then forces. Does nothing if they ended already. */
    @Override
    public void close() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.addFirst(process.toHandle());
        process.destroy();
        try {
            if (!process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    }

    private static List<String> lines(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of("(" + file + " cannot be read: " + e.getMessage() + ")");
        }
    }
}
