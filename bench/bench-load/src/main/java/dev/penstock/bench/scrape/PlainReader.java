package dev.penstock.bench.scrape;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Asks engines for their pages as often, over connections that it keeps, and looks at no byte. On one thread. */
final class PlainReader implements AutoCloseable {

    private final Selector selector = Selector.open();
    private final List<SocketChannel> channels = new ArrayList<>();
    private final long intervalNanos;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer request = ByteBuffer.wrap(
            "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    private final Thread thread;
    private volatile boolean ended;

    PlainReader(List<Integer> ports, long intervalNanos) throws IOException {
        this.intervalNanos = intervalNanos;
        for (int port : ports) {
            SocketChannel channel =
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            channels.add(channel);
        }
        thread = Thread.ofPlatform().name("bench-plain").daemon().start(this::run);
    }

    Thread thread() {
        return thread;
    }

    long asked() {
        return asked.get();
    }

    long bytes() {
        return bytes.get();
    }

    private void run() {
        try {
            long begin = System.nanoTime();
            long turn = 0;
            while (!ended) {
                long now = System.nanoTime();
                // Evenly spread, as the real one does it.
                while (begin + turn * intervalNanos / channels.size() <= now) {
                    channels.get((int) (turn++ % channels.size())).write(request.rewind());
                    asked.incrementAndGet();
                }
                long rest = begin + turn * intervalNanos / channels.size() - now;
                selector.select(this::read, Math.max(1, rest / 1_000_000 + 1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SelectionKey key) {
        try {
            bytes.addAndGet(Math.max(0, ((SocketChannel) key.channel()).read(buffer.clear())));
        } catch (IOException e) {
            key.cancel();
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
