package dev.penstock.cache.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A line to a server on loopback that can be cut and mended while the server lives on. */
public final class CutLine implements AutoCloseable {

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private CutLine(int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** A line to a port of the loopback address. */
    public static CutLine to(int port) {
        try {
            CutLine line = new CutLine(port);
            Thread.ofVirtual().name("cut-line").start(line::accept);
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port at this end. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Where a Redis at the other end is, as a setting. */
    public String url() {
        return "redis://127.0.0.1:" + port();
    }

    /** Breaks all connections, and each new one as soon as it is made. */
    public void cut() {
        cut = true;
        sockets.forEach(CutLine::close);
    }

    /** Lets new connections through again. */
    public void mend() {
        cut = false;
    }

    /** How many connections go through now. */
    public int connections() {
        return sockets.size() / 2;
    }

    @Override
    public void close() {
        cut();
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                join(listening.accept());
            } catch (IOException e) {
                // closed; or the server is not there, and the client has been told
            }
        }
    }

    private void join(Socket near) throws IOException {
        sockets.add(near);
        try {
            if (cut) {
                throw new IOException("cut");
            }
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(far);
            Thread.ofVirtual().start(() -> carry(near, far));
            Thread.ofVirtual().start(() -> carry(far, near));
            if (cut) {
                close(far);
            }
        } catch (IOException e) {
            sockets.remove(near);
            close(near);
            throw e;
        }
    }

    private void carry(Socket from, Socket to) {
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // one end is gone; both are closed
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
