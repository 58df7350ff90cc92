package dev.penstock.cache.kvevents;

import static dev.penstock.cache.kvevents.Pack.list;
import static dev.penstock.cache.kvevents.Pack.pack;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Publishes as an engine does, on ports that it keeps when it is made again. Confined to the test's thread. */
final class FakePublisher implements AutoCloseable {

    private final ZContext context = new ZContext(1);
    private final ZMQ.Socket events = context.createSocket(SocketType.PUB);
    private final ZMQ.Socket replays = context.createSocket(SocketType.ROUTER);
    private final SortedMap<Long, byte[]> kept = new TreeMap<>();
    private final int port;
    private final int replayPort;

    FakePublisher() {
        this(0, 0);
    }

    FakePublisher(int port, int replayPort) {
        context.setLinger(0);
        this.port = bind(events, port);
        this.replayPort = bind(replays, replayPort);
        // Blocked for as long, so that a test that waits for nothing ends.
        replays.setReceiveTimeOut(10_000);
    }

    private static int bind(ZMQ.Socket socket, int port) {
        if (port == 0) {
            return socket.bindToRandomPort("tcp://127.0.0.1");
        }
        socket.bind("tcp://127.0.0.1:" + port);
        return port;
    }

    int port() {
        return port;
    }

    int replayPort() {
        return replayPort;
    }

    /** Keeps a message for replays; its event tells its number. */
    void keep(long number) {
        kept.put(number, pack(list(1.5, list(list("BlockRemoved", list(number))), null)));
    }

    /** Keeps a message and publishes it. */
    void publish(long number) {
        keep(number);
        events.send(new byte[0], ZMQ.SNDMORE);
        events.send(bytes(number), ZMQ.SNDMORE);
        events.send(kept.getOrDefault(number, new byte[0]), 0);
    }

    /** Whether somebody asks for messages, soon. */
    boolean asked(int millis) {
        try (ZMQ.Poller poller = context.createPoller(1)) {
            poller.register(replays, ZMQ.Poller.POLLIN);
            return poller.poll(millis) > 0;
        }
    }

    /** Waits to be asked for messages, and tells them; the number of the first that was asked for. */
    long answer() {
        List<byte[]> asked = List.of(replays.recv(), replays.recv(), replays.recv());
        long from = ByteBuffer.wrap(asked.getLast()).getLong();
        kept.tailMap(from).forEach((number, payload) -> reply(asked.getFirst(), number, payload));
        reply(asked.getFirst(), -1, new byte[0]);
        return from;
    }

    private void reply(byte[] to, long number, byte[] payload) {
        replays.send(to, ZMQ.SNDMORE);
        replays.send(new byte[0], ZMQ.SNDMORE);
        replays.send(bytes(number), ZMQ.SNDMORE);
        replays.send(payload, 0);
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    @Override
    public void close() {
        context.close();
    }
}
