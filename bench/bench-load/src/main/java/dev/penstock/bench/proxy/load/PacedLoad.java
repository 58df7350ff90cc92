package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.load.ResponseReader.MalformedResponseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests by the clock: the n-th is due n / rate after the begin, and its time counts from there, also where no
 * connection was free then. So an answer that is late makes all that wait for it late, as it would for clients that do
 * not know of each other. One thread; of one order.
 */
final class PacedLoad {
    private static final long DRAIN_NANOS = 5_000_000_000L;
    /** Half of what a request takes: what a pause adds to a time is noise of that size, the same for every target. */
    private static final long PAUSE_NANOS = 50_000;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Latencies latencies = new Latencies();
    private final LoadOrder order;
    /** First in, first out: a proxy with several event loops gets requests on all of them. */
    private final ArrayDeque<LoadConnection> idle = new ArrayDeque<>();
    private int busy;
    private long errors;

    PacedLoad(LoadOrder order) {
        this.order = order;
    }

    /** Makes the load, once. */
    LoadResult run() throws IOException {
        try (Selector selector = Selector.open()) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), order.port());
            byte[] request = order.requestBytes();
            for (int i = 0; i < order.connections(); i++) {
                idle.add(new LoadConnection(address, selector, request, 0));
            }
            serve(selector);
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            return new LoadResult(latencies.size(), errors, latencies.size() / order.seconds(),
                    latencies.percentileMillis(50), latencies.percentileMillis(99));
        }
    }

    private void serve(Selector selector) throws IOException {
        long begin = System.nanoTime();
        long requests = Math.max(1, (long) (order.rate() * order.seconds()));
        long giveUp = begin + (long) (order.seconds() * 1e9) + DRAIN_NANOS;
        long made = 0;
        while (made < requests || busy > 0) {
            long now = System.nanoTime();
            if (now - giveUp >= 0) {
                // What was due and never sent failed as well.
                errors += busy + requests - made;
                return;
            }
            for (long due = due(begin, made); made < requests && due - now <= 0 && !idle.isEmpty();
                    due = due(begin, made)) {
                send(idle.removeFirst(), due);
                made++;
            }
            if (selector.selectNow() == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
                continue;
            }
            now = System.nanoTime();
            for (SelectionKey key : selector.selectedKeys()) {
                served(key, now);
            }
            selector.selectedKeys().clear();
        }
    }

    private long due(long begin, long number) {
        return begin + (long) (number * 1e9 / order.rate());
    }

    private void send(LoadConnection connection, long due) throws IOException {
        try {
            connection.send(due);
            busy++;
        } catch (IOException e) {
            fail(connection);
        }
    }

    private void served(SelectionKey key, long now) throws IOException {
        LoadConnection connection = (LoadConnection) key.attachment();
        boolean wasBusy = connection.busy();
        try {
            if (key.isValid() && key.isWritable()) {
                connection.writable();
            }
            int status = key.isValid() && key.isReadable() ? connection.readable(buffer) : -1;
            if (status < 0) {
                return;
            }
            busy--;
            idle.add(connection);
            if (status >= 200 && status < 300) {
                latencies.add(now - connection.startNanos());
            } else {
                errors++;
            }
        } catch (IOException | MalformedResponseException e) {
            // An idle connection is in the queue of idle ones already.
            if (wasBusy) {
                busy--;
                fail(connection);
            } else {
                connection.close();
            }
        }
    }

    private void fail(LoadConnection connection) throws IOException {
        errors++;
        connection.close();
        idle.add(connection);
    }
}
