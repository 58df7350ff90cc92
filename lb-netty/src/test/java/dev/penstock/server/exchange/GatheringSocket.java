package dev.penstock.server.exchange;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A socket that sends several writes as one: they come together, as under load. Confined to one writer at a time. */
final class GatheringSocket extends Socket {
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private int awaited;

    GatheringSocket(int port) throws IOException {
        connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** From now on waits for so many writes, or for the end. */
    GatheringSocket gather(int writes) {
        awaited = writes;
        return this;
    }

    private void write(OutputStream to, byte[] bytes, int from, int count) throws IOException {
        gathered.write(bytes, from, count);
        awaited--;
        if (awaited <= 0) {
            send(to);
        }
    }

    private void send(OutputStream to) throws IOException {
        gathered.writeTo(to);
        gathered.reset();
        awaited = 0;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                GatheringSocket.this.write(out, bytes, from, count);
            }
        };
    }

    @Override
    public void shutdownOutput() throws IOException {
        send(super.getOutputStream());
        super.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        if (gathered.size() > 0) {
            send(super.getOutputStream());
        }
        super.close();
    }
}
