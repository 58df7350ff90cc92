package dev.penstock.server.frontend;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;

/** Makes HTTP/1.x requests at random, and breaks them. */
final class RequestTexts {
    private static final String[] HEADERS = {"Content-Type: application/json", "connection:keep-alive",
        "Connection: close, X-Hop", "X-Hop: 1", "User-Agent:  python/3 (x; y)\t", "X-Empty:", "TE: trailers",
        "Expect: 100-continue", "Accept: */*", "x-request-id: 7-a", "X-Latin: \u00e4\u00ff",
        "Accept-Encoding: gzip, br",
        "Cookie: a=\"b\"; c=d"};
    private static final String[] METHODS = {"POST", "POST", "GET", "HEAD", "DELETE", "M-SEARCH", "PUT"};
    private static final String[] TARGETS = {"/v1/chat/completions", "/", "/v1/models?a=b&c=%20", "*",
        "http://penstock:80/v1/models", "/a/../b;c#d"};
    private static final String[] SCRAPS = {"\r", "\n", "\r\n", " ", ":", "\u0000", "x", "9", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n", "Transfer-Encoding:\tchunked\r\n",
        "Content-Length:\t3\r\n",
        "Content-Length: 0003\r\n", "Transfer-Encoding: chunked, chunked\r\n", "Content-Type: a/b\r\n",
        "Host: b\r\n", "http://b", "HTTP/1.0", "00000000000000000",
        "\r\n folded", "\t", ";",
        "-1", "+", "0x", "\u000b", "\u0085", "\u00a0", ",", "\r\n\r\n", "G / HTTP/1.1\r\nhost: x\r\n\r\n", "0\r\n\r\n",
        "HTTP/1.1", " HTTP/1.1\r\n", "ffffffff"};

    private final Random random;

    RequestTexts(Random random) {
        this.random = random;
    }

    /** One request after the other, the last perhaps not whole. */
    String requests() {
        StringBuilder out = new StringBuilder();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            out.append(random.nextInt(6) == 0 ? "\r\n" : "");
            request(out);
        }
        if (random.nextInt(4) == 0) {
            out.setLength(random.nextInt(out.length()));
        }
        return out.toString();
    }

    private void request(StringBuilder out) {
        boolean chunked = random.nextInt(3) == 0;
        boolean http10 = !chunked && random.nextInt(4) == 0;
        out.append(METHODS[random.nextInt(METHODS.length)]).append(' ').append(TARGETS[random.nextInt(TARGETS.length)])
                .append(http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\nHost: penstock:80\r\n");
        // Each once at the most, for some must not be there twice.
        BitSet chosen = new BitSet();
        for (int n = random.nextInt(6); n > 0; n--) {
            chosen.set(random.nextInt(HEADERS.length));
        }
        chosen.stream().forEach(header -> out.append(HEADERS[header]).append("\r\n"));
        String payload = "p".repeat(random.nextInt(random.nextBoolean() ? 4 : 2000));
        if (chunked) {
            out.append("Transfer-Encoding: chunked\r\n\r\n");
            chunks(out, payload);
        } else if (payload.isEmpty() && random.nextBoolean()) {
            out.append("\r\n");
        } else {
            out.append("Content-Length: ").append(payload.length()).append("\r\n\r\n").append(payload);
        }
    }

    private void chunks(StringBuilder out, String payload) {
        for (int at = 0; at < payload.length();) {
            int length = Math.min(payload.length() - at, 1 + random.nextInt(700));
            out.append(random.nextInt(6) == 0 ? "00" : "").append(Integer.toHexString(length))
                    .append(random.nextInt(6) == 0 ? ";a=b" : "").append("\r\n").append(payload, at, at + length)
                    .append("\r\n");
            at += length;
        }
        out.append("0\r\n").append(random.nextInt(5) == 0 ? "X-T: 1\r\n" : "").append("\r\n");
    }

    /** The bytes of a text with a few of them lost, added or doubled. */
    byte[] broken(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(Math.min(out.length(), 300) + 1);
            switch (random.nextInt(4)) {
                case 0 -> out.delete(at, Math.min(out.length(), at + 1));
                case 1 -> doubleLine(out, at);
                default -> out.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void doubleLine(StringBuilder out, int at) {
        int start = out.indexOf("\r\n", at) + 2;
        int end = out.indexOf("\r\n", start) + 2;
        if (end > start && start > 1) {
            out.insert(start, out.substring(start, end));
        }
    }
}
