package dev.penstock.bench.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine that answers nothing until it is told to, and then everything. A virtual thread for each connection. */
final class HoldingEngine implements AutoCloseable {
    private static final int BACKLOG = 4_096;
    private static final String BODY = "{\"object\":\"chat.completion\",\"choices\":[]}";
    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
            + BODY.length() + "\r\n\r\n" + BODY).getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger held = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(1);

    HoldingEngine() {
        try {
            server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("holding-engine").start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Requests received and not answered. */
    int held() {
        return held.get();
    }

    /** Answers all that it holds, and holds what comes from now on. All must have come that shall be answered. */
    void release() {
        CountDownLatch open = gate;
        held.set(0);
        gate = new CountDownLatch(1);
        open.countDown();
    }

    @Override
    public void close() throws IOException {
        server.close();
        gate.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The end.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1_024);
            while (request(in)) {
                CountDownLatch held = gate;
                this.held.incrementAndGet();
                held.await();
                socket.getOutputStream().write(ANSWER);
            }
        } catch (IOException | InterruptedException closed) {
            // The other side is gone, or this one is.
        } finally {
            sockets.remove(socket);
        }
    }

    /** Reads one request; answers whether there was one. */
    private static boolean request(InputStream in) throws IOException {
        int length = 0;
        String line = line(in);
        if (line.isEmpty()) {
            return false;
        }
        for (; !line.isEmpty(); line = line(in)) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        in.skipNBytes(length);
        return true;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
