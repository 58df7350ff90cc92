package dev.penstock.cache.kvevents;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Makes sockets of ZeroMQ as they are needed here. Its own threads are daemons. Confined to {@code lb-kv}. */
final class KvSockets implements AutoCloseable {

    private static final int MOST_SOCKETS = 16_384;
    private static final int RECONNECT_MILLIS = (int) TimeUnit.SECONDS.toMillis(1);
    private static final int RECONNECT_MOST_MILLIS = (int) TimeUnit.SECONDS.toMillis(30);
    // ZeroMQ's own 30 s would outlast a replay, and now and then the two sides do wait for each other.
    private static final int HANDSHAKE_MILLIS = (int) TimeUnit.SECONDS.toMillis(1);
    private static final int HEARTBEAT_MILLIS = (int) TimeUnit.SECONDS.toMillis(10);
    private static final int MOST_MESSAGE_BYTES = 16 << 20;
    // An engine repeats thousands of messages at once, and drops those that find no room.
    private static final int REPLAY_MESSAGES = 100_000;
    private static final int MOST_FRAMES = 8;

    private static final Logger LOG = System.getLogger(KvSockets.class.getName());
    private static final int CLOSE_WAITS = 200;
    private static final Duration CLOSE_WAIT = Duration.ofMillis(10);

    private final ZContext context = new ZContext(1);

    KvSockets() {
        context.setLinger(0);
        context.setThreadFactor((work, name) -> {
            Thread thread = new Thread(work, "lb-kv-" + name);
            thread.setDaemon(true);
            return thread;
        });
        context.getContext().setMaxSockets(MOST_SOCKETS);
    }

    /**
     * Subscribes to a publisher.
     *
     * @param connected called by a thread of ZeroMQ's each time that there is a connection
     */
    ZMQ.Socket subscribe(String address, Runnable connected) {
        ZMQ.Socket socket = prepared(SocketType.SUB);
        socket.setReconnectIVL(RECONNECT_MILLIS);
        socket.setReconnectIVLMax(RECONNECT_MOST_MILLIS);
        socket.setHeartbeatIvl(HEARTBEAT_MILLIS);
        socket.setHeartbeatTimeout(2 * HEARTBEAT_MILLIS);
        socket.setEventHook(event -> connected.run(), ZMQ.EVENT_CONNECTED);
        socket.connect(address);
        socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
        return socket;
    }

    /**
     * Connects to where messages are told again.
     *
     * @param ready called by a thread of ZeroMQ's when both sides have agreed how to talk; to {@link #ask} before that
     *     may leave the two of them waiting for each other for ever, with JeroMQ 0.6.0
     */
    ZMQ.Socket replay(String address, Runnable ready) {
        ZMQ.Socket socket = prepared(SocketType.DEALER);
        socket.setRcvHWM(REPLAY_MESSAGES);
        socket.setEventHook(event -> ready.run(), ZMQ.EVENT_HANDSHAKE_PROTOCOL);
        socket.connect(address);
        return socket;
    }

    /** Asks for all messages from a number on. */
    static void ask(ZMQ.Socket replay, long number) {
        replay.send(new byte[0], ZMQ.SNDMORE | ZMQ.DONTWAIT);
        replay.send(ByteBuffer.allocate(Long.BYTES).putLong(number).array(), ZMQ.DONTWAIT);
    }

    private ZMQ.Socket prepared(SocketType type) {
        ZMQ.Socket socket = context.createSocket(type);
        socket.setIPv6(true);
        socket.setHandshakeIvl(HANDSHAKE_MILLIS);
        socket.setMaxMsgSize(MOST_MESSAGE_BYTES);
        return socket;
    }

    /** Waits for one of some sockets to have something; they are told by their numbers in the poller. */
    ZMQ.Poller poller(List<ZMQ.Socket> sockets) {
        ZMQ.Poller poller = context.createPoller(Math.max(1, sockets.size()));
        sockets.forEach(socket -> poller.register(socket, ZMQ.Poller.POLLIN));
        return poller;
    }

    /** The frames of the next message, or null where there is none. */
    static @Nullable List<byte[]> receive(ZMQ.Socket socket) {
        byte[] frame = socket.recv(ZMQ.DONTWAIT);
        if (frame == null) {
            return null;
        }
        List<byte[]> frames = new ArrayList<>(3);
        frames.add(frame);
        while (socket.hasReceiveMore()) {
            byte[] more = socket.recv(ZMQ.DONTWAIT);
            if (more != null && frames.size() < MOST_FRAMES) {
                frames.add(more);
            }
        }
        return frames;
    }

    /**
     * Closes them, and ends the threads. On a thread of its own: whoever ends an agent interrupts it until it has
     * ended, and ZeroMQ would take that for a reason to leave its work half done. Waits for that, but not for ever.
     */
    @Override
    public void close() {
        Thread closing = new Thread(context::close, "lb-kv-close");
        closing.setDaemon(true);
        closing.start();
        for (int i = 0; i < CLOSE_WAITS && closing.isAlive(); i++) {
            try {
                closing.join(CLOSE_WAIT);
            } catch (InterruptedException e) {
                LOG.log(Level.DEBUG, "told to hurry");
            }
        }
    }
}
