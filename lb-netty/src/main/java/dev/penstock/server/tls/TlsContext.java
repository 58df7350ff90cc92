package dev.penstock.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A context that is shared by threads and may be replaced while they use it. Connections made under it keep what they
 * need of it. Any thread.
 */
final class TlsContext implements AutoCloseable {
    /** How long a connection that ends waits until the other side takes the note that it does. */
    private static final long CLOSE_MILLIS = 1_000;

    private final SslContext context;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over a context. */
    TlsContext(SslContext context) {
        this.context = context;
    }

    /** BoringSSL, counted rather than finalized; where its native part does not load, the JDK's. */
    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    /** The provider's name, for a person. */
    static String name(SslProvider provider) {
        if (provider != SslProvider.JDK) {
            return OpenSsl.versionString() + " (native)";
        }
        Throwable cause = OpenSsl.unavailabilityCause();
        return "the JDK's TLS" + (cause == null ? "" : ", for the native one is not available: " + cause.getMessage());
    }

    SslContext context() {
        return context;
    }

    /** A handler for a connection from a client, or null where the context has gone meanwhile. */
    @Nullable SslHandler newHandler(ByteBufAllocator alloc) {
        return newHandler(alloc, null, 0);
    }

    /**
     * A handler for a connection to a server, or null where the context has gone meanwhile.
     *
     * @param host the name that the server must prove to have; null on the side of the server
     */
    @Nullable SslHandler newHandler(ByteBufAllocator alloc, @Nullable String host, int port) {
        try {
            // Whoever replaces it must not free it between here and the first reference of the handler.
            ReferenceCountUtil.retain(context);
        } catch (IllegalReferenceCountException e) {
            return null;
        }
        try {
            SslHandler handler = host == null ? context.newHandler(alloc) : context.newHandler(alloc, host, port);
            // Deadlines of connections are kept elsewhere, all by one timer.
            handler.setHandshakeTimeoutMillis(0);
            handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
            return handler;
        } finally {
            ReferenceCountUtil.release(context);
        }
    }

    /** Lets it go, once, as soon as the last connection has. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ReferenceCountUtil.release(context);
        }
    }
}
