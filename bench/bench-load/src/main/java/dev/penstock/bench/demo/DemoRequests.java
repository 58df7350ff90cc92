package dev.penstock.bench.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Sends one of each kind of request, several at a time, as clients would. */
final class DemoRequests {

    private static final int NOTE_LENGTH = 48;

    private final String url;
    private final String model;

    DemoRequests(String url, String model) {
        this.url = url;
        this.model = model;
    }

    DemoReport send() {
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5)).build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<DemoReport.Row>> rows = new ArrayList<>();
            rows.add(get(client, threads, "models", "/v1/models"));
            for (int i = 1; i <= 6; i++) {
                rows.add(post(client, threads, "chat " + i, "/v1/chat/completions", chat(false, i)));
            }
            for (int i = 7; i <= 12; i++) {
                rows.add(post(client, threads, "chat, streamed " + i, "/v1/chat/completions", chat(true, i)));
            }
            rows.add(post(client, threads, "completion", "/v1/completions",
                    "{\"model\":\"" + model + "\",\"prompt\":\"Once upon a time\",\"max_tokens\":16}"));
            rows.add(post(client, threads, "embedding", "/v1/embeddings",
                    "{\"model\":\"" + model + "\",\"input\":\"The gate feeds water to the turbines.\"}"));
            rows.add(post(client, threads, "anthropic, streamed", "/v1/messages",
                    "{\"model\":\"" + model + "\",\"max_tokens\":16,\"stream\":true,"
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"));
            return new DemoReport(rows.stream().map(CompletableFuture::join).toList());
        }
    }

    private String chat(boolean stream, int number) {
        return "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"max_tokens\":24,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Question " + number + ": what is a penstock?\"}]}";
    }

    private CompletableFuture<DemoReport.Row> get(HttpClient client, ExecutorService threads, String what,
            String path) {
        return later(client, threads, what, HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    private CompletableFuture<DemoReport.Row> post(HttpClient client, ExecutorService threads, String what, String path,
            String body) {
        return later(client, threads, what, HttpRequest.newBuilder(URI.create(url + path))
                .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static CompletableFuture<DemoReport.Row> later(HttpClient client, ExecutorService threads, String what,
            HttpRequest.Builder request) {
        return CompletableFuture.supplyAsync(
                () -> exchange(client, what, request.timeout(Duration.ofSeconds(60)).build()), threads);
    }

    private static DemoReport.Row exchange(HttpClient client, String what, HttpRequest request) {
        long start = System.nanoTime();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            double first = 0;
            try (InputStream in = response.body()) {
                int next = in.read();
                first = millisSince(start);
                if (next >= 0) {
                    body.write(next);
                    in.transferTo(body);
                }
            }
            String text = body.toString(StandardCharsets.UTF_8);
            return new DemoReport.Row(what, header(response, "routing-strategy"), header(response, "target-pod"),
                    response.statusCode(), first, millisSince(start), whole(response, text), note(text));
        } catch (IOException e) {
            return failed(what, start, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(what, start, e);
        }
    }

    private static DemoReport.Row failed(String what, long start, Exception cause) {
        return new DemoReport.Row(what, "", "", 0, 0, millisSince(start), false, String.valueOf(cause.getMessage()));
    }

    private static boolean whole(HttpResponse<InputStream> response, String text) {
        if (!header(response, "content-type").startsWith("text/event-stream")) {
            return text.stripTrailing().endsWith("}");
        }
        return text.contains("data: [DONE]") || text.contains("\"message_stop\"");
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static String note(String text) {
        String line = text.replaceAll("\\s+", " ").trim();
        return line.length() <= NOTE_LENGTH ? line : line.substring(0, NOTE_LENGTH) + "…";
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
