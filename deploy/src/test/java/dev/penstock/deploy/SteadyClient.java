package dev.penstock.deploy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that asks again and again, on one connection for as long as it is kept, and connects to whom a balancer in
 * front names. It never asks twice for the same: each answer that is not whole is a failure.
 */
final class SteadyClient implements Runnable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LAST_LOOK_MILLIS = 1;

    private final IntSupplier port;
    private final byte[] unary;
    private final byte[] stream;
    private final boolean pausing;
    private final AtomicBoolean stop;
    private final AtomicLong answered;
    private final Queue<String> failures;
    private final BlockingQueue<Object> pause;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    /**
     * A client.
     *
     * @param port where the next connection goes
     * @param model of each request
     * @param pausing whether it thinks for a while between two requests
     * @param tally what all clients count together
     */
    SteadyClient(IntSupplier port, String model, boolean pausing, Tally tally) {
        this.port = port;
        this.pausing = pausing;
        this.stop = tally.stop();
        this.answered = tally.answered();
        this.failures = tally.failures();
        this.pause = tally.pause();
        unary = request(model, false);
        stream = request(model, true);
    }

    /**
     * What clients count together.
     *
     * @param stop tells them to end
     * @param answered whole answers
     * @param failures all others, each as one sentence
     * @param pause what a pausing client waits for in vain
     */
    record Tally(AtomicBoolean stop, AtomicLong answered, Queue<String> failures, BlockingQueue<Object> pause) {}

    private static byte[] request(String model, boolean stream) {
        String body = "{\"model\":\"" + model + "\",\"max_tokens\":8,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"What is a penstock?\"}]}";
        return ("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void run() {
        for (int i = 0; !stop.get(); i++) {
            try {
                boolean streamed = i % 2 == 0;
                ask(streamed ? stream : unary, streamed);
                answered.incrementAndGet();
                if (pausing) {
                    pause.poll(50, TimeUnit.MILLISECONDS);
                }
            } catch (IOException e) {
                failures.add(e.toString());
                disconnect();
            } catch (InterruptedException e) {
                break;
            }
        }
        disconnect();
    }

    private void ask(byte[] request, boolean streamed) throws IOException {
        InputStream from = connected();
        Socket to = socket;
        if (to == null) {
            throw new IOException("not connected");
        }
        to.getOutputStream().write(request);
        String head = readUntil(from, "\r\n\r\n").toLowerCase(Locale.ROOT);
        String body = body(from, head);
        if (!head.startsWith("http/1.1 200") || !(streamed ? body.contains("data: [DONE]") : body.endsWith("}"))) {
            throw new IOException("answered: " + head + body);
        }
        if (head.contains("connection: close")) {
            disconnect();
        }
    }

    /** The connection, a new one where the last one has ended. As clients do, it looks before it sends. */
    private InputStream connected() throws IOException {
        InputStream from = in;
        if (from != null && isOpen(from)) {
            return from;
        }
        disconnect();
        Socket made = new Socket(InetAddress.getLoopbackAddress(), port.getAsInt());
        made.setSoTimeout(TIMEOUT_MILLIS);
        made.setTcpNoDelay(true);
        socket = made;
        from = new BufferedInputStream(made.getInputStream());
        in = from;
        return from;
    }

    private boolean isOpen(InputStream from) throws IOException {
        Socket open = socket;
        if (open == null) {
            return false;
        }
        open.setSoTimeout(LAST_LOOK_MILLIS);
        try {
            from.mark(1);
            if (from.read() >= 0) {
                throw new IOException("bytes that nobody asked for");
            }
            return false;
        } catch (SocketTimeoutException e) {
            open.setSoTimeout(TIMEOUT_MILLIS);
            return true;
        }
    }

    private static String body(InputStream from, String head) throws IOException {
        int length = head.indexOf("content-length: ");
        if (length >= 0) {
            int end = head.indexOf("\r\n", length);
            return read(from, Integer.parseInt(head.substring(length + "content-length: ".length(), end)));
        }
        StringBuilder body = new StringBuilder();
        int size;
        do {
            size = Integer.parseInt(readUntil(from, "\r\n").trim(), 16);
            body.append(read(from, size));
            read(from, 2);
        } while (size > 0);
        return body.toString();
    }

    private static String read(InputStream from, int count) throws IOException {
        byte[] bytes = from.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the answer ended early: " + new String(bytes, StandardCharsets.UTF_8));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String readUntil(InputStream from, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            int b = from.read();
            if (b < 0) {
                throw new EOFException("the connection ended behind: " + text);
            }
            text.append((char) b);
        }
        return text.toString();
    }

    private void disconnect() {
        Socket open = socket;
        socket = null;
        in = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                failures.add("while closing: " + e);
            }
        }
    }
}
