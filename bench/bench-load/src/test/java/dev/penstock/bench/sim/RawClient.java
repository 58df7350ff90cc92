package dev.penstock.bench.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection that sends what it is told and reads answers byte by byte; a read gives up after five seconds. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    /** An answer, its body without chunked framing. */
    record Answer(String statusLine, Map<String, String> headers, String body) {
        int status() {
            return Integer.parseInt(statusLine.split(" ", -1)[1]);
        }

        JsonNode json() {
            return Json.object(body.getBytes(StandardCharsets.UTF_8));
        }

        /** Returns what follows {@code data: } in each event. */
        List<String> events() {
            return body.lines().filter(line -> line.startsWith("data: ")).map(line -> line.substring(6)).toList();
        }
    }

    /** Only the start of an answer. */
    record Head(String statusLine, Map<String, String> headers) { }

    RawClient(SimEngine engine) throws IOException {
        socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), engine.port()), 5_000);
        socket.setSoTimeout(5_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static Answer get(SimEngine engine, String path) throws IOException {
        try (RawClient client = new RawClient(engine)) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: sim\r\n\r\n");
            return client.answer();
        }
    }

    static Answer post(SimEngine engine, String path, String body, String... headers) throws IOException {
        try (RawClient client = new RawClient(engine)) {
            client.send(request(path, body, headers));
            return client.answer();
        }
    }

    static String request(String path, String body, String... headers) {
        StringBuilder text = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: sim\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n\r\n")
                .append(body).toString();
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    Head head() throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
        }
        return new Head(statusLine, headers);
    }

    Answer answer() throws IOException {
        Head head = head();
        byte[] body;
        if ("chunked".equals(head.headers().get("transfer-encoding"))) {
            body = String.join("", chunks()).getBytes(StandardCharsets.ISO_8859_1);
        } else if (head.headers().containsKey("content-length")) {
            body = in.readNBytes(Integer.parseInt(head.headers().get("content-length")));
        } else {
            body = in.readAllBytes();
        }
        return new Answer(head.statusLine(), head.headers(), new String(body, StandardCharsets.UTF_8));
    }

    List<String> chunks() throws IOException {
        List<String> chunks = new ArrayList<>();
        for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
            chunks.add(chunk);
        }
        return chunks;
    }

    List<String> chunksAfterHead() throws IOException {
        head();
        return chunks();
    }

    String chunk() throws IOException {
        int size = Integer.parseInt(line(), 16);
        String chunk = new String(in.readNBytes(size), StandardCharsets.ISO_8859_1);
        line();
        return chunk;
    }

    /** Sets how long a read waits, in milliseconds. */
    void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("ended in a line: " + line);
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Returns everything up to the end of the connection, with {@code <RST>} behind it if it was reset. */
    String rest() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                rest.write(next);
            }
        } catch (SocketException reset) {
            return rest.toString(StandardCharsets.ISO_8859_1) + "<RST>";
        }
        return rest.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
