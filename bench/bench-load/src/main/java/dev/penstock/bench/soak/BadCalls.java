package dev.penstock.bench.soak;

import dev.penstock.bench.soak.Call.Behavior;
import dev.penstock.bench.soak.Call.Wanted;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Requests that are wrong, each in one way. Holds no state. */
final class BadCalls {
    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGE = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

    /** Those that are wrong in the framing of HTTP/1.1, or too large for a client of HTTP/2 to send, come last. */
    private static final List<Integer> KINDS = List.of(0, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 7, 8, 9, 10);
    private static final int OF_ANY_PROTOCOL = 11;

    private BadCalls() {
    }

    /** How large a body the soak lets through: {@link #pick} also makes larger ones. */
    static final int BODY_LIMIT = 4 << 20;

    static Call pick(long number, SplittableRandom random, String model, boolean http2) {
        String name = "\"model\":\"" + model + "\"";
        String good = "{" + name + "," + MESSAGE + "}";
        return switch (KINDS.get(random.nextInt(http2 ? OF_ANY_PROTOCOL : KINDS.size()))) {
            case 0 -> call(number, "no JSON", 400, post(CHAT, "", "{\"model\":"));
            case 1 -> call(number, "no model", 400, post(CHAT, "", "{" + MESSAGE + "}"));
            case 2 -> call(number, "unknown model", 400,
                    post(CHAT, "", "{\"model\":\"nobody-" + random.nextInt(1_000) + "\"," + MESSAGE + "}"));
            case 3 -> call(number, "no messages", 400, post(CHAT, "", "{" + name + "}"));
            case 4 -> call(number, "model twice", 400, post(CHAT, "", "{" + name + "," + name + "," + MESSAGE + "}"));
            case 5 -> call(number, "unknown path", 501, post("/v1/nothing", "", good));
            case 6 -> call(number, "GET of a call", 405, get(CHAT));
            case 7 -> call(number, "two lengths", 400, ("POST " + CHAT + " HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\n"
                    + "Content-Length: 6\r\n\r\nabcdef"));
            case 8 -> call(number, "bad chunk", 400, "POST " + CHAT
                    + " HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\nbanana\r\n{}\r\n0\r\n\r\n");
            case 9 -> call(number, "no HTTP", 400, "BANANA\r\n\r\n");
            case 10 -> call(number, "large head", 431, post(CHAT, "X-Large: " + "x".repeat(70_000) + "\r\n", good));
            case 11 -> call(number, "large body", 413, "POST " + CHAT + " HTTP/1.1\r\nHost: p\r\nContent-Length: "
                    + (BODY_LIMIT + 1) + "\r\n\r\n{");
            case 12 -> call(number, "streamed embeddings", 400,
                    post("/v1/embeddings", "", "{" + name + ",\"input\":\"x\",\"stream\":true}"));
            case 13 -> call(number, "compressed", 415, post(CHAT, "Content-Encoding: gzip\r\n", good));
            default -> call(number, "unknown strategy", 400, post(CHAT, "Routing-Strategy: magic\r\n", good));
        };
    }

    private static Call call(long number, String name, int status, String text) {
        return new Call(number, name, text.getBytes(StandardCharsets.ISO_8859_1), 1, Wanted.error(status),
                new Behavior.Patient(), 1);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: p\r\n\r\n";
    }

    private static String post(String path, String headers, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: p\r\nContent-Type: application/json\r\n" + headers
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
}
