package dev.penstock.server.exchange;

/** Handshakes of WebSockets as text. */
final class Handshakes {
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    static final String PATH = "/v1/realtime?model=m";
    static final String ACCEPTED = Http.head("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Accept: " + ACCEPT);

    private Handshakes() {
    }

    /** A handshake for a path and query. */
    static String at(String target, String... headers) {
        return request("GET " + target + " HTTP/1.1", "upgrade: websocket", "connection: keep-alive, Upgrade",
                "sec-websocket-version: 13", "sec-websocket-key: " + KEY, String.join("\r\n", headers));
    }

    /** A request of these lines, without those that are empty. */
    static String request(String line, String... headers) {
        StringBuilder text = new StringBuilder(line + "\r\nhost: test\r\n");
        for (String header : headers) {
            if (!header.isEmpty()) {
                text.append(header).append("\r\n");
            }
        }
        return text.append("\r\n").toString();
    }
}
