package dev.penstock.server.relay;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Makes HTTP/1.1 responses at random, and breaks them. */
final class HeadTexts {
    private static final String[] HEADERS = {"Content-Type: text/event-stream", "content-type:application/json; x",
        "Connection: close", "connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5, max=9",
        "Server: uvicorn", "X-Empty:", "Retry-After: 3", "TE: trailers", "Upgrade: h2c", "Proxy-Authenticate: x",
        "date:  now\t"};
    private static final String[] SCRAPS = {"\r", "\n", "\r\n", " ", ":", "\u0000", "x", "9", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "\t", ";", "-1", "HTTP/1.1 200 OK\r\n"};

    private final Random random;

    HeadTexts(Random random) {
        this.random = random;
    }

    /** A whole response, followed by the first bytes of another. */
    String response() {
        StringBuilder out = new StringBuilder(random.nextInt(4) == 0 ? "HTTP/1.1 100 Continue\r\n\r\n" : "");
        int[] statuses = {200, 200, 200, 204, 304, 404, 429, 503};
        int status = statuses[random.nextInt(statuses.length)];
        boolean chunked = random.nextBoolean();
        out.append(!chunked && random.nextInt(3) == 0 ? "HTTP/1.0 " : "HTTP/1.1 ").append(status)
                .append(random.nextInt(4) == 0 ? " \r\n" : " Some Reason\r\n");
        for (int n = random.nextInt(6); n > 0; n--) {
            out.append(HEADERS[random.nextInt(HEADERS.length)]).append("\r\n");
        }
        String payload = "p".repeat(random.nextInt(random.nextBoolean() ? 4 : 3000));
        if (!chunked) {
            return out.append("Content-Length: ").append(payload.length()).append("\r\n\r\n").append(payload)
                    .append("HTTP/1.1").toString();
        }
        out.append("Transfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < payload.length();) {
            int length = Math.min(payload.length() - at, 1 + random.nextInt(700));
            out.append(random.nextInt(6) == 0 ? "00" : "").append(Integer.toHexString(length))
                    .append(random.nextInt(6) == 0 ? ";a=b" : "").append("\r\n").append(payload, at, at + length)
                    .append("\r\n");
            at += length;
        }
        return out.append("0\r\n").append(random.nextInt(5) == 0 ? "X-T: 1\r\n" : "").append("\r\nHTTP/1.1").toString();
    }

    /** The bytes of a text with a few of them lost or added. */
    byte[] broken(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int i = random.nextInt(2); i >= 0; i--) {
            int at = random.nextInt(Math.min(out.length(), 300));
            if (random.nextInt(3) == 0) {
                out.deleteCharAt(at);
            } else {
                out.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
