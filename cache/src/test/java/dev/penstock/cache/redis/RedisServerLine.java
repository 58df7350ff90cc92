package dev.penstock.cache.redis;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection of a test to a Redis, which waits for each answer. */
public final class RedisServerLine implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private final DataInputStream answers;

    /** Connects to a port of the loopback address. */
    public RedisServerLine(int port) throws IOException {
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            answers = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends a command and waits for the answer, as {@link RedisServer#command} gives it. */
    public String command(String... words) throws IOException {
        StringBuilder sent = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            int length = word.getBytes(StandardCharsets.UTF_8).length;
            sent.append('$').append(length).append("\r\n").append(word).append("\r\n");
        }
        socket.getOutputStream().write(sent.toString().getBytes(StandardCharsets.UTF_8));
        return answer();
    }

    private String answer() throws IOException {
        String head = line();
        String rest = head.substring(1);
        return switch (head.charAt(0)) {
            case '+', '-', ':' -> rest;
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> array(Integer.parseInt(rest));
            default -> throw new IOException("no answer of Redis: " + head);
        };
    }

    private String bulk(int length) throws IOException {
        if (length < 0) {
            return "(nil)";
        }
        byte[] bytes = answers.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        line();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String array(int length) throws IOException {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            parts.add(answer());
        }
        return String.join("\n", parts);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = answers.readUnsignedByte();
            if (next == '\n') {
                return line.toString();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
