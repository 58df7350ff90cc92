package dev.penstock.cache.scrape;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/** A connection to an engine, encrypted or not. Never waits. Confined to {@code lb-scrape}. */
final class Wire {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final @Nullable SSLEngine tls;
    /** Encrypted bytes that have come and are not understood yet; ready to be filled. */
    private final ByteBuffer in;
    /** Encrypted bytes that are still to go; ready to be sent. */
    private final ByteBuffer out;

    /**
     * A connection over a channel that does not block.
     *
     * @param channel closed by its owner
     * @param tls encrypts, or null
     */
    Wire(SocketChannel channel, @Nullable SSLEngine tls) {
        this.channel = channel;
        this.tls = tls;
        int size = tls == null ? 0 : tls.getSession().getPacketBufferSize();
        in = ByteBuffer.allocate(size);
        out = ByteBuffer.allocate(size).limit(0);
    }

    SocketChannel channel() {
        return channel;
    }

    /** Sends what goes; the rest stays in the bytes. To be called again when there is room, or something was read. */
    void write(ByteBuffer bytes) throws IOException {
        if (tls == null) {
            channel.write(bytes);
            return;
        }
        while (flushed()) {
            switch (tls.getHandshakeStatus()) {
                case NEED_TASK -> runTasks(tls);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    return;
                }
                case NEED_WRAP -> encrypt(tls, NOTHING);
                default -> {
                    if (!bytes.hasRemaining()) {
                        return;
                    }
                    encrypt(tls, bytes);
                }
            }
        }
    }

    /**
     * Reads what is there. All that has come is understood then, so that nothing waits here for a further event.
     *
     * @param into room for more than two records of TLS
     * @return how many bytes; 0 where they were about the encryption only; -1 at the end
     */
    int read(byte[] into) throws IOException {
        if (tls == null) {
            return channel.read(ByteBuffer.wrap(into));
        }
        boolean ended = channel.read(in) < 0;
        ByteBuffer plain = ByteBuffer.wrap(into);
        in.flip();
        ended |= understand(tls, plain);
        in.compact();
        return plain.position() > 0 ? plain.position() : ended ? -1 : 0;
    }

    /** Goes through all that has come, and answers what is to be answered; whether the other side has ended it. */
    private boolean understand(SSLEngine engine, ByteBuffer plain) throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks(engine);
                case NEED_WRAP -> {
                    // What came behind it may be needed next, and no event would tell of it again.
                    if (!flushed()) {
                        return false;
                    }
                    encrypt(engine, NOTHING);
                    flushed();
                }
                default -> {
                    SSLEngineResult result = engine.unwrap(in, plain);
                    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                        return true;
                    }
                    boolean progress = result.bytesConsumed() > 0 || result.bytesProduced() > 0
                            || result.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP;
                    if (result.getStatus() != SSLEngineResult.Status.OK || !progress) {
                        return false;
                    }
                }
            }
        }
    }

    /**
     * The event that it waits for.
     *
     * @param bytes what is being written
     */
    int interest(ByteBuffer bytes) {
        boolean waitsForRoom = tls == null ? bytes.hasRemaining() : out.hasRemaining();
        return waitsForRoom ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
    }

    private boolean flushed() throws IOException {
        if (out.hasRemaining()) {
            channel.write(out);
        }
        return !out.hasRemaining();
    }

    private void encrypt(SSLEngine engine, ByteBuffer bytes) throws IOException {
        out.clear();
        SSLEngineResult result = engine.wrap(bytes, out);
        out.flip();
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new IOException("the encryption has ended");
        }
    }

    private static void runTasks(SSLEngine engine) {
        Runnable task;
        // Certificates are looked at here: a millisecond, once for each connection.
        while ((task = engine.getDelegatedTask()) != null) {
            task.run();
        }
    }
}
