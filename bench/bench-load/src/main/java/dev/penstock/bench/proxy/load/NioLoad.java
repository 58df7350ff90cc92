package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.load.ResponseReader.MalformedResponseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;

/**
 * A load generator for machines without wrk: one thread, one selector, each connection always with one request under
 * way. It stops making requests when the time is over and then waits for the answers still due.
 */
final class NioLoad {
    private static final long DRAIN_NANOS = 20_000_000_000L;
    private static final long SELECT_MILLIS = 20;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Latencies latencies = new Latencies();
    private final LoadOrder order;
    private final ArrayDeque<LoadConnection> fresh = new ArrayDeque<>();
    private final ArrayDeque<LoadConnection> idle = new ArrayDeque<>();
    private int busy;
    private long errors;

    NioLoad(LoadOrder order) {
        this.order = order;
    }

    /** Makes the load, once. */
    LoadResult run() throws IOException {
        try (Selector selector = Selector.open()) {
            long start = System.nanoTime();
            openAll(selector, start);
            long last = serve(selector, start + (long) (order.seconds() * 1e9));
            errors += busy;
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            return new LoadResult(
                    latencies.size(),
                    errors,
                    order.load().streaming() ? closedLoopRate() : latencies.size() / ((last - start) / 1e9),
                    latencies.percentileMillis(50),
                    latencies.percentileMillis(99));
        }
    }

    /** Streams begin and end slowly; each connection has exactly one under way, hence the rate from its mean time. */
    private double closedLoopRate() {
        return latencies.size() == 0 ? 0 : order.connections() * 1e9 / latencies.meanNanos();
    }

    private void openAll(Selector selector, long start) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), order.port());
        byte[] request = order.requestBytes();
        // Streams that beat together would arrive together, and a proxy would handle many chunks in one go.
        long spread = order.load().lane().engines().streamMillis() * 1_000_000L;
        for (int i = 0; i < order.connections(); i++) {
            fresh.add(new LoadConnection(address, selector, request, start + spread * i / order.connections()));
        }
    }

    /** Serves connections until all is answered or the drain takes too long; returns when the last answer came. */
    private long serve(Selector selector, long deadline) throws IOException {
        long last = System.nanoTime();
        long now = last;
        while (true) {
            if (now < deadline) {
                sendAll(now);
            } else if (busy == 0 || now > deadline + DRAIN_NANOS) {
                return last;
            }
            selector.select(fresh.isEmpty() ? SELECT_MILLIS : 1);
            now = System.nanoTime();
            for (SelectionKey key : selector.selectedKeys()) {
                if (served(key, now)) {
                    last = now;
                }
            }
            selector.selectedKeys().clear();
        }
    }

    /** Begins a request on each idle connection. One that fails stays idle until the next round. */
    private void sendAll(long now) throws IOException {
        while (!fresh.isEmpty() && fresh.getFirst().startNanos() <= now) {
            idle.add(fresh.removeFirst());
        }
        for (int i = idle.size(); i > 0; i--) {
            LoadConnection connection = idle.removeFirst();
            try {
                connection.send(now);
                busy++;
            } catch (IOException e) {
                fail(connection);
            }
        }
    }

    private boolean served(SelectionKey key, long now) throws IOException {
        LoadConnection connection = (LoadConnection) key.attachment();
        boolean wasBusy = connection.busy();
        try {
            if (key.isValid() && key.isWritable()) {
                connection.writable();
            }
            int status = key.isValid() && key.isReadable() ? connection.readable(buffer) : -1;
            if (status < 0) {
                return false;
            }
            busy--;
            idle.add(connection);
            if (status >= 200 && status < 300) {
                latencies.add(now - connection.startNanos());
            } else {
                errors++;
            }
            return true;
        } catch (IOException | MalformedResponseException e) {
            // An idle connection is in the queue of idle ones already.
            if (wasBusy) {
                busy--;
                fail(connection);
            } else {
                connection.close();
            }
            return false;
        }
    }

    private void fail(LoadConnection connection) throws IOException {
        errors++;
        connection.close();
        idle.add(connection);
    }
}
