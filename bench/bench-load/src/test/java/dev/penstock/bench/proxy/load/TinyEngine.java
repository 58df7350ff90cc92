package dev.penstock.bench.proxy.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers chat completions like an engine that takes no time, plain or as a paced stream; one thread of its own. */
public final class TinyEngine implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final long GAP_NANOS = LoadCase.CHUNK_GAP_MILLIS * 1_000_000L;
    private static final byte[] END = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer plain;
    private final ByteBuffer head = ascii("""
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Transfer-Encoding: chunked\r
            \r
            """);
    private final ByteBuffer event = ascii("50\r\ndata: " + "x".repeat(0x50 - 8) + "\n\n\r\n");
    private final ByteBuffer end = ByteBuffer.wrap(END);
    private final ArrayDeque<Client> streams = new ArrayDeque<>();
    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final Thread thread = new Thread(this::serve, "tiny-engine");

    /** Starts on {@code port} of the loopback interface, or on a free one for zero. */
    public TinyEngine(int port, int status) throws IOException {
        plain = ascii("HTTP/1.1 " + status + " Any\r\nContent-Type: application/json\r\nContent-Length: "
                + LoadCase.RESPONSE_BYTES + "\r\n\r\n" + "y".repeat(LoadCase.RESPONSE_BYTES));
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4_096);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        thread.start();
    }

    /** Where it listens. */
    public int port() {
        return server.socket().getLocalPort();
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private void serve() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                selector.select(this::handle, streams.isEmpty() ? 1_000 : 1);
                long now = System.nanoTime();
                for (Client next = streams.peek(); next != null && next.due <= now; next = streams.peek()) {
                    streams.remove();
                    stream(next, now);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void handle(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                SocketChannel channel = server.accept();
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Client(channel));
            } else {
                read((Client) key.attachment());
            }
        } catch (IOException e) {
            key.cancel();
        }
    }

    private void read(Client client) throws IOException {
        if (client.channel.read(client.received) < 0) {
            client.channel.close();
            return;
        }
        byte[] bytes = client.received.array();
        String text = new String(bytes, 0, client.received.position(), StandardCharsets.US_ASCII);
        int headEnd = text.indexOf("\r\n\r\n");
        Matcher length = LENGTH.matcher(text);
        if (headEnd < 0 || !length.find() || text.length() < headEnd + 4 + Integer.parseInt(length.group(1))) {
            return;
        }
        client.received.clear();
        if (text.contains("\"stream\":true")) {
            client.left = LoadCase.CHUNKS;
            write(client, head);
            stream(client, System.nanoTime());
        } else {
            write(client, plain);
        }
    }

    private void stream(Client client, long now) throws IOException {
        if (!client.channel.isOpen()) {
            return;
        }
        write(client, event);
        client.left--;
        if (client.left == 0) {
            write(client, end);
        } else {
            client.due = now + GAP_NANOS;
            streams.add(client);
        }
    }

    /** Blocks the engine while the socket is full: tests are not to lose bytes, and answers are small. */
    private static void write(Client client, ByteBuffer bytes) throws IOException {
        ByteBuffer copy = bytes.duplicate();
        try {
            while (copy.hasRemaining()) {
                client.channel.write(copy);
            }
        } catch (IOException e) {
            client.channel.close();
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static final class Client {
        private final SocketChannel channel;
        private final ByteBuffer received = ByteBuffer.allocate(64 * 1024);
        private int left;
        private long due;

        private Client(SocketChannel channel) {
            this.channel = channel;
        }
    }
}
