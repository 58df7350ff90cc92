package dev.penstock.bench.start;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts what an image holds, again and again: in turn its Java machine, which only tells its version, and the load
 * balancer, which is asked for its models until it answers. As processes of this machine, without a container: what a
 * container engine takes is not ours. One thread's.
 */
final class StartBench {
    private static final String HOME = "/opt/penstock";
    private static final String ANSWER = "HTTP/1.1 200";
    private static final byte[] REQUEST = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Between two looks; a look costs the process that starts next to nothing. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Path java;
    private final Path folder;
    private final Path options;
    private final Path configuration;

    /**
     * Prepares the runs.
     *
     * @param java the Java machine of the image
     * @param home what will be {@code /opt/penstock} in the image
     * @param folder where files may be written
     */
    StartBench(Path java, Path home, Path folder) throws IOException {
        this.java = java;
        this.folder = folder;
        options = Files.writeString(folder.resolve("image.options"),
                Files.readString(home.resolve("conf/image.options")).replace(HOME, home.toString()));
        configuration = Files.writeString(folder.resolve("penstock.yaml"),
                "models:\n  - name: none\n    endpoints: [\"127.0.0.1:1\"]\n");
    }

    /** Both in turn. */
    StartFigures run(int runs) throws IOException, InterruptedException {
        List<Double> version = new ArrayList<>();
        List<Double> firstResponse = new ArrayList<>();
        // The first ones read the files from the disk.
        versionSeconds();
        firstResponseSeconds();
        for (int i = 0; i < runs; i++) {
            version.add(versionSeconds());
            firstResponse.add(firstResponseSeconds());
        }
        return new StartFigures(version, firstResponse);
    }

    private double versionSeconds() throws IOException, InterruptedException {
        long start = System.nanoTime();
        int status = quiet("-version").start().waitFor();
        if (status != 0) {
            throw new IOException(java + " -version: exit status " + status);
        }
        return secondsSince(start);
    }

    private double firstResponseSeconds() throws IOException, InterruptedException {
        int port = freePort();
        Path log = folder.resolve("log");
        ProcessBuilder builder = quiet("@" + options, "dev.penstock.server.main.PenstockMain", "serve",
                "--config", configuration.toString(), "--port", String.valueOf(port), "--admin-port", "0")
                .redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PENSTOCK_"));
        builder.environment().put("PENSTOCK_LISTEN_HOST", "127.0.0.1");
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            while (!answers(port)) {
                if (!process.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new IOException("it does not answer: " + Files.readString(log));
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return secondsSince(start);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private ProcessBuilder quiet(String... arguments) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    private static boolean answers(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST);
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(ANSWER.length()), StandardCharsets.US_ASCII).equals(ANSWER);
        } catch (ConnectException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
