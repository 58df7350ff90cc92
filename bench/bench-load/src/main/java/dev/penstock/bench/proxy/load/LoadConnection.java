package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.load.ResponseReader.MalformedResponseException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One connection of {@link NioLoad} with at most one request under way. Confined to the thread that makes the load. */
final class LoadConnection {
    private final InetSocketAddress address;
    private final Selector selector;
    private final ByteBuffer request;
    private ResponseReader reader = new ResponseReader();
    private @Nullable SocketChannel channel;
    private long startNanos;
    private boolean busy;

    /** A connection that is to be opened at {@code startNanos}. */
    LoadConnection(InetSocketAddress address, Selector selector, byte[] request, long startNanos) {
        this.startNanos = startNanos;
        this.address = address;
        this.selector = selector;
        this.request = ByteBuffer.wrap(request);
    }

    /** Whether a request waits for its answer. */
    boolean busy() {
        return busy;
    }

    /** When the request under way was started, or the first one is to be. */
    long startNanos() {
        return startNanos;
    }

    /** Begins a request at {@code now}, over a new connection if there is none. */
    void send(long now) throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            open = connect();
        }
        request.rewind();
        startNanos = now;
        busy = true;
        write(open);
    }

    /** Continues to send where the kernel refused more bytes before. */
    void writable() throws IOException {
        if (channel != null) {
            write(channel);
        }
    }

    /**
     * Takes what has arrived.
     *
     * @param buffer scratch space
     * @return the status of the answer if it is complete now, else -1
     * @throws IOException if the connection ended before the answer
     * @throws MalformedResponseException if what arrived is no answer
     */
    int readable(ByteBuffer buffer) throws IOException, MalformedResponseException {
        SocketChannel open = channel;
        if (open == null) {
            return -1;
        }
        buffer.clear();
        int count = open.read(buffer);
        if (count < 0) {
            if (busy) {
                throw new IOException("the connection ended before the answer");
            }
            close();
            return -1;
        }
        buffer.flip();
        if (!reader.read(buffer)) {
            return -1;
        }
        if (!busy || buffer.hasRemaining()) {
            throw new MalformedResponseException("bytes that no request asked for");
        }
        busy = false;
        int status = reader.status();
        if (reader.closing()) {
            close();
        }
        return status;
    }

    /** Gives up the connection and the request under way, if there is one. */
    void close() throws IOException {
        busy = false;
        reader = new ResponseReader();
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private SocketChannel connect() throws IOException {
        // Blocking: on the loopback interface a connection is there at once, or never.
        SocketChannel opened = SocketChannel.open(address);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        opened.configureBlocking(false);
        opened.register(selector, SelectionKey.OP_READ, this);
        channel = opened;
        return opened;
    }

    private void write(SocketChannel open) throws IOException {
        open.write(request);
        SelectionKey key = open.keyFor(selector);
        if (key != null) {
            key.interestOps(request.hasRemaining()
                    ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                    : SelectionKey.OP_READ);
        }
    }
}
