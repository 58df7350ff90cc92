package dev.penstock.bench.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Users who chat through one port: they come at times that do not depend on the answers. Run once, by one thread. */
final class ChatLoad {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String EVENT = "data: ";
    private static final String LAST = "data: [DONE]";

    private final ChatPlan plan;
    private final URI uri;
    private final String model;
    private final List<String> systems = new ArrayList<>();
    private final ConcurrentLinkedQueue<Long> firstTokens = new ConcurrentLinkedQueue<>();
    private final LongAdder failures = new LongAdder();

    ChatLoad(ChatPlan plan, int port, String model) {
        this.plan = plan;
        this.uri = URI.create("http://127.0.0.1:" + port + "/v1/chat/completions");
        this.model = model;
        SplittableRandom random = new SplittableRandom(plan.seed());
        for (int i = 0; i < plan.assistants(); i++) {
            systems.add(Chat.text(random, ChatPlan.SYSTEM_CHARS));
        }
    }

    /**
     * Sends everything and waits for the last answer.
     *
     * @return times to the first token in nanoseconds, in no order
     */
    List<Long> run() throws InterruptedException {
        SplittableRandom random = new SplittableRandom(plan.seed() + 1);
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            double seconds = 0;
            while (true) {
                seconds += -Math.log(1 - random.nextDouble()) / plan.chatsPerSecond();
                if (seconds > plan.seconds()) {
                    break;
                }
                pauseUntil(begin + (long) (seconds * 1e9));
                Chat chat = new Chat(random.split(), model, systems.get(random.nextInt(systems.size())));
                users.execute(() -> talk(chat, client));
            }
        }
        return List.copyOf(firstTokens);
    }

    /** Requests that were not answered as they should be. */
    long failures() {
        return failures.sum();
    }

    private void talk(Chat chat, HttpClient client) {
        while (chat.goesOn()) {
            if (!turn(chat, client)) {
                failures.increment();
                return;
            }
            pauseUntil(System.nanoTime() + chat.thinkNanos());
        }
    }

    private boolean turn(Chat chat, HttpClient client) {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(chat.ask())).build();
        long sent = System.nanoTime();
        try {
            HttpResponse<InputStream> response =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            boolean whole = response.statusCode() == 200 && read(response, sent);
            chat.answered();
            return whole;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean read(HttpResponse<InputStream> response, long sent) throws IOException {
        boolean first = true;
        boolean whole = false;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                // The role comes at once; the first piece of text is the first token.
                if (first && line.startsWith(EVENT) && line.contains("\"content\":") && !line.contains("\"role\"")) {
                    firstTokens.add(System.nanoTime() - sent);
                    first = false;
                }
                whole |= line.equals(LAST);
            }
        }
        return whole && !first;
    }

    private static void pauseUntil(long nanoTime) {
        long rest;
        while ((rest = nanoTime - System.nanoTime()) > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(rest);
        }
    }
}
