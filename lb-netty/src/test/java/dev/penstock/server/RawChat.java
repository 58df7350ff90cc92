package dev.penstock.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A request on a connection of its own, so that nothing of a client stays open. */
final class RawChat {

    private static final int PATIENCE_MILLIS = 20_000;

    private RawChat() {}

    /** Sends {@link TestBalancer#CHAT} and gives the whole answer. */
    static String ask(int port, String strategy) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            send(socket, TestBalancer.CHAT, strategy);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends a request that is the last one of its connection. */
    static void send(Socket socket, String body, String strategy) throws IOException {
        socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nrouting-strategy: " + strategy + "\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
    }
}
