package dev.penstock.bench.soak;

import dev.penstock.bench.soak.Call.Behavior;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;

/** One connection of a client. One thread, which waits; meant for virtual ones. */
final class ClientConnection implements AutoCloseable {
    private static final int SMALL_WINDOW = 4 * 1024;
    private static final long BETWEEN_PIECES_NANOS = 300_000;

    private final Socket socket;
    /** What bytes go through: the socket, or TLS over it. */
    private final Socket stream;
    private final Tap in;

    /**
     * Connects.
     *
     * @param patience how long a read waits before it calls the answer silent
     * @param slow     whether little shall fit between the ends
     */
    ClientConnection(Door door, Duration patience, boolean slow) throws IOException {
        socket = new Socket();
        try {
            if (slow) {
                socket.setReceiveBufferSize(SMALL_WINDOW);
            }
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port()),
                    (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            stream = secured(door);
            in = new Tap(stream.getInputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Socket secured(Door door) throws IOException {
        Door.Trust trust = door.tls();
        if (trust == null) {
            return socket;
        }
        SSLSocket secured = (SSLSocket) trust.sockets().createSocket(socket, "localhost", door.port(), true);
        secured.startHandshake();
        return secured;
    }

    /** Says that nothing more is sent. */
    void halfClose() {
        try {
            stream.shutdownOutput();
        } catch (IOException closedAlready) {
            // Reading tells.
        }
    }

    /** Sends a request whole, in its pieces. What the other side no longer takes is not this side's error. */
    void send(Call call) {
        byte[] bytes = call.bytes();
        int pieces = Math.min(call.pieces(), bytes.length);
        int from = 0;
        for (int i = 1; i <= pieces; i++) {
            int to = (int) ((long) bytes.length * i / pieces);
            if (!write(bytes, from, to)) {
                return;
            }
            from = to;
            if (i < pieces) {
                LockSupport.parkNanos(BETWEEN_PIECES_NANOS);
            }
        }
    }

    /** Sends the first bytes of a request. */
    void sendPart(Call call, int bytes) {
        write(call.bytes(), 0, Math.min(bytes, call.bytes().length));
    }

    /** Sends bytes as they are; answers whether they were taken. */
    private boolean write(byte[] bytes, int from, int to) {
        try {
            OutputStream out = stream.getOutputStream();
            out.write(bytes, from, to - from);
            return true;
        } catch (IOException refused) {
            // An answer may be there all the same; reading tells.
            return false;
        }
    }

    /**
     * Reads the next answer as the client of the request does.
     *
     * @throws Tap.SatisfiedException when this client has read as much as it wanted to
     */
    Answer read(Call call) throws Tap.SatisfiedException {
        in.begin();
        if (call.behavior() instanceof Behavior.Slow(int pauseMillis)) {
            in.slowly(pauseMillis);
        } else if (call.behavior() instanceof Behavior.LeavesReading(int afterBytes, boolean reset)) {
            in.stopAfter(afterBytes);
        }
        return new AnswerReader(in).read();
    }

    /** The first bytes of the last answer. */
    String seen() {
        return in.seen();
    }

    /** Ends the connection with a reset. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closedAlready) {
            // Then it is closed in another way.
        }
        close(socket);
    }

    @Override
    public void close() {
        close(stream);
        close(socket);
    }

    private static void close(Socket closed) {
        try {
            closed.close();
        } catch (IOException closedAlready) {
            // It is closed, and that is what was asked for.
        }
    }
}
