package dev.penstock.bench.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * The sockets by which the engines of a fleet tell of their prefix caches, and its one thread, {@code sim-kv}. Each
 * engine publishes on a port, and repeats what it has told on another one, as vLLM does.
 */
final class KvEventHub implements AutoCloseable {
    private static final int POLL_MILLIS = 2;
    private static final int KEPT = 10_000;
    private static final long END = -1;

    private final ZContext context = new ZContext(1);
    private final List<Line> lines = new ArrayList<>();
    private final Thread thread = new Thread(this::serve, "sim-kv");
    private volatile boolean closed;

    KvEventHub() {
        context.setLinger(0);
        context.setThreadFactor((work, name) -> {
            Thread made = new Thread(work, "sim-kv-" + name);
            made.setDaemon(true);
            return made;
        });
        thread.setDaemon(true);
    }

    /** The two ports of an engine. Put into by any thread; served by {@code sim-kv}. */
    static final class Line {
        private final ZMQ.Socket events;
        private final ZMQ.Socket replays;
        private final int port;
        private final int replayPort;
        private final ConcurrentLinkedQueue<byte[]> waiting = new ConcurrentLinkedQueue<>();
        private final List<byte[]> told = new ArrayList<>();
        private long first;

        private Line(ZContext context, String host, int port) {
            events = context.createSocket(SocketType.PUB);
            replays = context.createSocket(SocketType.ROUTER);
            replays.setSndHWM(2 * KEPT);
            this.port = bind(events, host, port);
            this.replayPort = bind(replays, host, port == 0 ? 0 : port + 1);
        }

        private static int bind(ZMQ.Socket socket, String host, int port) {
            String address = "tcp://" + (host.indexOf(':') >= 0 ? '[' + host + ']' : host);
            if (port == 0) {
                return socket.bindToRandomPort(address);
            }
            socket.bind(address + ':' + port);
            return port;
        }

        int port() {
            return port;
        }

        int replayPort() {
            return replayPort;
        }

        void publish(byte[] payload) {
            waiting.add(payload);
        }

        private void send() {
            for (byte[] payload = waiting.poll(); payload != null; payload = waiting.poll()) {
                long number = first + told.size();
                told.add(payload);
                if (told.size() > KEPT) {
                    told.removeFirst();
                    first++;
                }
                events.send(new byte[0], ZMQ.SNDMORE);
                events.send(bytes(number), ZMQ.SNDMORE);
                events.send(payload, 0);
            }
        }

        private void answer() {
            for (byte[] peer = replays.recv(ZMQ.DONTWAIT); peer != null; peer = replays.recv(ZMQ.DONTWAIT)) {
                byte[] asked = new byte[0];
                while (replays.hasReceiveMore()) {
                    asked = replays.recv();
                }
                long from = asked.length == Long.BYTES ? ByteBuffer.wrap(asked).getLong() : first;
                for (int i = (int) Math.max(0, from - first); i < told.size(); i++) {
                    reply(peer, first + i, told.get(i));
                }
                reply(peer, END, new byte[0]);
            }
        }

        private void reply(byte[] peer, long number, byte[] payload) {
            replays.send(peer, ZMQ.SNDMORE);
            replays.send(new byte[0], ZMQ.SNDMORE);
            replays.send(bytes(number), ZMQ.SNDMORE);
            replays.send(payload, 0);
        }

        private static byte[] bytes(long number) {
            return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        }
    }

    /** Makes the ports of an engine, before {@link #start}; 0 takes free ones, else the second follows the first. */
    Line line(String host, int port) {
        Line made = new Line(context, host, port);
        lines.add(made);
        return made;
    }

    void start() {
        thread.start();
    }

    private void serve() {
        try (ZMQ.Poller poller = context.createPoller(lines.size())) {
            lines.forEach(line -> poller.register(line.replays, ZMQ.Poller.POLLIN));
            while (!closed) {
                poller.poll(POLL_MILLIS);
                lines.forEach(Line::send);
                lines.forEach(Line::answer);
            }
        }
        context.close();
    }

    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            context.close();
            return;
        }
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes the publisher of an engine, or none where there is no hub. */
    static @Nullable KvEventPublisher publisher(@Nullable KvEventHub hub, String host, int port, KvEventForm form,
            int blockTokens) {
        return hub == null ? null : new KvEventPublisher(hub.line(host, port), form, blockTokens);
    }
}
