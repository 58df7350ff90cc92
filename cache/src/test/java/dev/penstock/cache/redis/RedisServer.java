package dev.penstock.cache.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real {@code redis-server} on a free port of the loopback address, which keeps nothing on disk. Where none is
 * installed, tests that ask for one are skipped; with the environment variable CI they fail.
 */
public final class RedisServer implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST_PORTS = 20;
    private static final String TAKEN = "Address already in use";

    private final int port;
    private final Path folder;
    private final List<String> arguments;
    private final Thread atExit = new Thread(this::kill, "redis-server-end");
    private volatile Process process;

    private RedisServer(int port, Path folder, List<String> arguments) throws IOException {
        this.port = port;
        this.folder = folder;
        this.arguments = arguments;
        this.process = begin();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts one.
     *
     * @param arguments more of them, for example {@code --requirepass}, {@code secret}
     */
    public static RedisServer start(String... arguments) {
        return start("", List.of(arguments));
    }

    /**
     * Starts one with a file of its own.
     *
     * @param file what stands in the file, which it may write to; none if empty
     * @param arguments more of them
     */
    static RedisServer start(String file, List<String> arguments) {
        requireInstalled();
        try {
            Path folder = Files.createTempDirectory("redis");
            List<String> all = new ArrayList<>();
            if (!file.isEmpty()) {
                all.add(Files.writeString(folder.resolve("redis.conf"), file).toString());
            }
            all.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.toString()));
            all.addAll(arguments);
            return onFreePort(folder, all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody else may take a port that was free a moment ago: then another one. */
    private static RedisServer onFreePort(Path folder, List<String> arguments) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return new RedisServer(freePort(), folder, arguments);
            } catch (BindException e) {
                if (tries == MOST_PORTS) {
                    throw e;
                }
            }
        }
    }

    private static void requireInstalled() {
        try {
            await(new ProcessBuilder("redis-server", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            String missing = "redis-server is not installed (apt-get install redis-server)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(missing, e);
            }
            Assumptions.abort(missing);
        }
    }

    static int freePort() throws IOException {
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

    /**
     * Sends a command over a connection of its own, with the password if it asks for one, and waits for the answer.
     *
     * @return the answer as a text: lines of an array one below the other, an error with its first word, null as
     *         {@code (nil)}
     */
    public String command(String... words) {
        try (RedisServerLine line = new RedisServerLine(port)) {
            int password = arguments.indexOf("--requirepass") + 1;
            if (password > 0) {
                line.command("AUTH", arguments.get(password));
            }
            return line.command(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a command again and again until its answer contains a text. */
    public void awaitAnswer(String expected, String... words) {
        long deadline = System.nanoTime() + START_NANOS;
        String answer = "";
        while (System.nanoTime() - deadline < 0) {
            answer = command(words);
            if (answer.contains(expected)) {
                return;
            }
            rest(process);
        }
        throw new IllegalStateException(String.join(" ", words) + ": expected " + expected + ", but: " + answer);
    }

    /** Waits until something is so, which is soon. */
    public static void await(String what, BooleanSupplier so) {
        long deadline = System.nanoTime() + START_NANOS;
        while (!so.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("not in time: " + what);
            }
            Thread.onSpinWait();
        }
    }

    /** Ends it at once, as a crash does. */
    public void kill() {
        process.destroyForcibly();
        await(process);
    }

    /** Starts it again, empty, on the same port. */
    public void restart() {
        kill();
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                process = begin();
                return;
            } catch (BindException e) {
                // A connection that somebody makes to anywhere may have the port for a moment.
                if (System.nanoTime() - deadline > 0) {
                    throw new UncheckedIOException(e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
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
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process begin() throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-server"));
        boolean ownFile = arguments.getFirst().endsWith(".conf");
        command.addAll(ownFile ? arguments.subList(0, 1) : List.of());
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(arguments.subList(ownFile ? 1 : 0, arguments.size()));
        if (!arguments.contains("--sentinel")) {
            command.addAll(List.of("--save", "", "--appendonly", "no"));
        }
        Process begun = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()).start();
        awaitAnswer(begun);
        return begun;
    }

    /** Until it answers, be it with an error. */
    private void awaitAnswer(Process begun) throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (System.nanoTime() - deadline < 0) {
            if (!begun.isAlive()) {
                String log = Files.readString(folder.resolve("log"));
                if (log.contains(TAKEN)) {
                    throw new BindException(TAKEN);
                }
                throw new IllegalStateException("redis-server ended: " + log);
            }
            try (RedisServerLine line = new RedisServerLine(port)) {
                line.command("PING");
                return;
            } catch (IOException e) {
                rest(begun);
            }
        }
        begun.destroyForcibly();
        throw new IllegalStateException("redis-server did not answer in time: "
                + Files.readString(folder.resolve("log")));
    }

    private void signal(String name) {
        try {
            await(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A moment, or until it ends. */
    private static void rest(Process process) {
        try {
            process.waitFor(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
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
