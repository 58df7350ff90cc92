package dev.penstock.cache.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real {@code redis-server} on a free port of the loopback address, which keeps nothing on disk. */
public final class RedisServer implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final int port;
    private final Path folder;
    private final List<String> arguments;
    private Process process;

    private RedisServer(int port, Path folder, List<String> arguments) {
        this.port = port;
        this.folder = folder;
        this.arguments = arguments;
        this.process = begin();
    }

    /**
     * Starts one.
     *
     * @param arguments more of them, for example {@code --requirepass}, {@code secret}
     */
    public static RedisServer start(String... arguments) {
        try {
            return new RedisServer(freePort(), Files.createTempDirectory("redis"), List.of(arguments));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** The port. */
    public int port() {
        return port;
    }

    /** Where it is, as a setting. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Ends it at once, as a crash does. */
    public void kill() {
        process.destroyForcibly();
        await(process);
    }

    /** Starts it again, empty, on the same port. */
    public void restart() {
        kill();
        process = begin();
    }

    /** Lets it hang: connections stand, nothing is answered. */
    public void hang() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void goOn() {
        signal("CONT");
    }

    @Override
    public void close() {
        signal("CONT");
        kill();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process begin() {
        List<String> command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(port), "--bind",
                "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.toString()));
        command.addAll(arguments);
        try {
            Process begun = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile()).start();
            awaitAnswer(begun);
            return begun;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until it answers, be it with an error. */
    private void awaitAnswer(Process begun) throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (System.nanoTime() - deadline < 0) {
            if (!begun.isAlive()) {
                throw new IllegalStateException("redis-server ended: " + Files.readString(folder.resolve("log")));
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().read() > 0) {
                    return;
                }
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("redis-server did not answer in time");
    }

    private void signal(String name) {
        try {
            await(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
