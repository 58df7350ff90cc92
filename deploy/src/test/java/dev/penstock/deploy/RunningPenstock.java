package dev.penstock.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Penstock as a user starts it: the launcher of the unzipped distribution, in a process of its own, on free ports. */
final class RunningPenstock implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("https?://localhost:(\\d+)");
    private static final int MOST_SECONDS = 60;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final int port;
    private final int adminPort;
    private final Thread reading;
    private final Queue<String> output = new ConcurrentLinkedQueue<>();

    private RunningPenstock(Process process) throws IOException {
        this.process = process;
        BufferedReader reader = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        port = portIn(reader, "traffic");
        adminPort = portIn(reader, "admin");
        reading = new Thread(() -> keepAll(reader), "penstock-output");
        reading.setDaemon(true);
        reading.start();
    }

    /** Starts {@code serve} with a configuration, and waits until it is ready. */
    static RunningPenstock serve(Path configuration, String... options) throws Exception {
        return of(Distribution.command(arguments(configuration, options).toArray(String[]::new)));
    }

    /** What follows the command that starts it so. */
    static List<String> arguments(Path configuration, String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--config", configuration.toString(),
                "--port", "0", "--admin-port", "0", "--set", "warm-up.requests=100", "--set", "shutdown.delay=off"));
        arguments.addAll(List.of(options));
        return arguments;
    }

    /** Starts {@code serve} as a builder says, and waits until it is ready. */
    static RunningPenstock of(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        try {
            RunningPenstock running = new RunningPenstock(process);
            running.await("ready", () -> running.admin("/readyz").statusCode() == 200);
            return running;
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Writes a configuration of one model in front of these endpoints. */
    static Path configuration(Path folder, String model, List<String> endpoints) throws IOException {
        return Files.writeString(folder.resolve("penstock.yaml"),
                "models:\n  - name: " + model + "\n    endpoints: [\"" + String.join("\", \"", endpoints) + "\"]\n");
    }

    private int portIn(BufferedReader reader, String word) throws IOException {
        String line;
        while ((line = reader.readLine()) != null) {
            keep(line);
            Matcher matcher = PORT.matcher(line);
            if (line.startsWith("penstock: " + word) && matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        throw new IllegalStateException("ended before it told its ports:\n" + text());
    }

    /** Waits until something is so. */
    void await(String what, Callable<Boolean> so) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        while (!so.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("not " + what + ":\n" + text());
            }
            // Waits for the process a little, which ends the wait if it dies.
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("ended before it was " + what + ":\n" + text());
            }
        }
    }

    /** Waits until the snapshot has all of these. */
    void awaitInSnapshot(String... words) throws Exception {
        await("in the snapshot: " + List.of(words), () -> {
            String snapshot = admin("/admin/snapshot").body();
            return Stream.of(words).allMatch(snapshot::contains);
        });
    }

    /** A page of the admin port. */
    HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                .timeout(Duration.ofSeconds(5)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a chat; its answer as lines, while they come. */
    HttpResponse<Stream<String>> chat(String model, boolean stream) throws IOException, InterruptedException {
        return chat(model, stream, "accept", "*/*");
    }

    /** Sends a chat with more headers, names and values in turn. */
    HttpResponse<Stream<String>> chat(String model, boolean stream, String... headers)
            throws IOException, InterruptedException {
        String body = "{\"model\":\"" + model + "\",\"stream\":" + stream
                + ",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"What is a penstock?\"}]}";
        return client.send(HttpRequest.newBuilder(URI.create(url() + "/v1/chat/completions"))
                .timeout(Duration.ofSeconds(MOST_SECONDS)).header("content-type", "application/json")
                .headers(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofLines());
    }

    private void keepAll(BufferedReader reader) {
        try {
            reader.lines().forEach(this::keep);
        } catch (UncheckedIOException e) {
            // The process has ended, and its output with it.
            keep(String.valueOf(e.getMessage()));
        }
    }

    private void keep(String line) {
        output.add(line);
    }

    /** What it has printed so far, on both streams. */
    String text() {
        return String.join("\n", output);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    int adminPort() {
        return adminPort;
    }

    /** Id of its process: the launcher becomes the Java machine. */
    long pid() {
        return process.pid();
    }

    /** SIGTERM. */
    void terminate() {
        // Process.destroy() would close what it prints, too.
        process.toHandle().destroy();
    }

    /** Waits for its end; its exit status. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("did not stop:\n" + text());
        }
        // What it has printed last is read, too.
        reading.join(TimeUnit.SECONDS.toMillis(MOST_SECONDS));
        return process.exitValue();
    }

    @Override
    public void close() {
        client.shutdownNow();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
