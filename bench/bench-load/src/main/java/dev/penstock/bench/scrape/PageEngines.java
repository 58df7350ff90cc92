package dev.penstock.bench.scrape;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Many engines on one thread that answer every request with a metrics page, at next to no cost. */
final class PageEngines implements AutoCloseable {

    private static final int PAGES = 16;

    private final Selector selector = Selector.open();
    private final List<ServerSocketChannel> doors = new ArrayList<>();
    private final ByteBuffer[] pages = new ByteBuffer[PAGES];
    private final ByteBuffer requests = ByteBuffer.allocate(16 * 1024);
    private final Thread thread;
    private volatile boolean ended;

    /** One connection, and what of its answer is not written yet. */
    private static final class Client {
        private int turn;
        private ByteBuffer rest = ByteBuffer.allocate(0);
    }

    PageEngines(int engines, int pageBytes) throws IOException {
        for (int i = 0; i < PAGES; i++) {
            byte[] answer = MetricsPage.answer(pageBytes, i);
            pages[i] = ByteBuffer.allocateDirect(answer.length).put(answer).flip();
        }
        for (int i = 0; i < engines; i++) {
            ServerSocketChannel door = ServerSocketChannel.open();
            door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64).configureBlocking(false);
            door.register(selector, SelectionKey.OP_ACCEPT);
            doors.add(door);
        }
        thread = Thread.ofPlatform().name("bench-engines").daemon().start(this::run);
    }

    /** Port of each. */
    List<Integer> ports() {
        return doors.stream().map(door -> door.socket().getLocalPort()).toList();
    }

    private void run() {
        try {
            while (!ended) {
                selector.select(this::serve);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
                if (channel != null) {
                    channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, new Client());
                }
                return;
            }
            SocketChannel channel = (SocketChannel) key.channel();
            Client client = (Client) key.attachment();
            if (key.isReadable()) {
                int count = channel.read(requests.clear());
                if (count < 0) {
                    channel.close();
                    return;
                }
                // Requests are short, and the next one comes when this one is answered.
                client.rest = pages[Math.min(client.turn++, PAGES - 1)].duplicate();
            }
            channel.write(client.rest);
            key.interestOps(client.rest.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
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
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
