package dev.penstock.server.exchange;

/** Requests and answers as text. */
final class Http {
    static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    static final String STREAM =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    static final String ANSWER = "{\"id\":\"a\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,"
            + "\"total_tokens\":8}}";
    static final String SSE_HEAD = String.join("\r\n", "HTTP/1.1 200 OK", "content-type: text/event-stream",
            "transfer-encoding: chunked", "", "");
    static final String LAST_CHUNK = "0\r\n\r\n";

    private Http() {
    }

    static String chat(String... headers) {
        return post("/v1/chat/completions", CHAT, headers);
    }

    static String stream(String... headers) {
        return post("/v1/chat/completions", STREAM, headers);
    }

    static String post(String path, String body, String... headers) {
        StringBuilder text = new StringBuilder("POST " + path + " HTTP/1.1\r\nhost: test\r\n"
                + "content-type: application/json\r\ncontent-length: " + body.length() + "\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }

    /** Lines, and the empty line that ends a head. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nhost: test\r\n\r\n";
    }

    static String ok(String body, String... headers) {
        return answer("200 OK", body, headers);
    }

    static String answer(String status, String body, String... headers) {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + "\r\ncontent-type: application/json\r\n"
                + "content-length: " + body.length() + "\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }

    static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    static String event(String data) {
        return "data: " + data + "\n\n";
    }
}
