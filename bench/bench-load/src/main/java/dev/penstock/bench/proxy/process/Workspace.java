package dev.penstock.bench.proxy.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The folder and the processes of one benchmark: closing it ends all of them and deletes the folder, and so does the
 * end of the JVM by Ctrl-C. Used by the benchmark's thread; the shutdown hook may close it at the same time.
 */
public final class Workspace implements AutoCloseable {
    private static final long RUN_SECONDS = 10;

    private final Path folder;
    private final List<Child> children = new CopyOnWriteArrayList<>();
    private volatile boolean ending;
    private final Thread hook = new Thread(this::end, "bench-end");

    private Workspace(Path folder) {
        this.folder = folder;
    }

    /** A new, empty workspace in the folder for temporary files. */
    public static Workspace open() {
        try {
            Workspace workspace = new Workspace(Files.createTempDirectory("penstock-bench-"));
            Runtime.getRuntime().addShutdownHook(workspace.hook);
            return workspace;
        } catch (IOException e) {
            throw new BenchException("cannot create a temporary folder: " + e.getMessage(), e);
        }
    }

    /** Where files of this benchmark are. */
    public Path folder() {
        return folder;
    }

    /** Writes {@code text} to the file {@code name} and returns its path. */
    public Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new BenchException("cannot write " + name + ": " + e.getMessage(), e);
        }
    }

    /** Starts a process that ends with this workspace at the latest. */
    public Child start(ChildSpec spec) {
        Child child = Child.start(spec, folder);
        children.add(child);
        // The hook may have gone through the list just before.
        if (ending) {
            child.close();
            throw new BenchException("the benchmark is ending: " + spec.name() + " is not started");
        }
        return child;
    }

    /** Runs a short program to its end; what it prints is shown only if it fails. */
    public void run(ChildSpec spec) {
        Child child = start(spec);
        try {
            child.awaitEnd(RUN_SECONDS);
        } finally {
            stop(child);
        }
    }

    /** Ends {@code child} now. */
    public void stop(Child child) {
        child.close();
        children.remove(child);
    }

    /**
     * Checks that all that was started still runs.
     *
     * @throws BenchException naming the process that ended, with what it printed last
     */
    public void checkAlive() {
        for (Child child : children) {
            if (!child.alive()) {
                throw child.ended();
            }
        }
    }

    /** What the processes called {@code name} printed last, after a colon; empty if nothing. */
    public String tails(String name) {
        return children.stream()
                .filter(child -> child.name().equals(name))
                .map(Child::tail)
                .collect(Collectors.joining());
    }

    /** {@code count} different ports of the loopback interface that were free a moment ago. */
    public static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            List<Integer> ports = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            return List.copyOf(ports);
        } catch (IOException e) {
            throw new BenchException("no free port: " + e.getMessage(), e);
        } finally {
            sockets.forEach(Workspace::closeQuietly);
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down: the hook runs, and ending twice is harmless.
            return;
        }
    }

    private void end() {
        ending = true;
        // In the order opposite to starting, so that no proxy is seen complaining about lost engines.
        children.reversed().forEach(Child::close);
        children.clear();
        try {
            Files.walkFileTree(folder, new Deletion());
        } catch (IOException e) {
            System.err.println("bench: cannot delete " + folder + ": " + e.getMessage());
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new BenchException("cannot give a port back: " + e.getMessage(), e);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
