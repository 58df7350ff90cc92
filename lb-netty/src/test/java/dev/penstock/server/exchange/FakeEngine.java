package dev.penstock.server.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;

/** A pod that does what the test tells it, when it tells it. */
final class FakeEngine implements AutoCloseable {
    private final ServerSocket socket;
    final int port;

    FakeEngine() {
        try {
            socket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
            socket.setSoTimeout(15_000);
            port = socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next connection that the proxy makes. */
    RawConnection accept() {
        try {
            return new RawConnection(socket.accept());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether nobody has connected. */
    boolean untouched() {
        try {
            socket.setSoTimeout(1);
            socket.accept().close();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            patient();
        }
    }

    private void patient() {
        try {
            socket.setSoTimeout(15_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on connections are refused. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
