package dev.penstock.bench.soak;

import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where clients get in.
 *
 * @param name what it is, for a person
 * @param port on the loopback interface
 * @param tls  what clients of TLS trust, or null where the port speaks cleartext
 */
record Door(String name, int port, @Nullable Trust tls) {
    /** A door without TLS. */
    static Door cleartext(int port) {
        return new Door("cleartext", port, null);
    }

    /**
     * What clients trust.
     *
     * @param sockets for HTTP/1.1
     * @param http2   for HTTP/2
     */
    record Trust(SSLSocketFactory sockets, SslContext http2) { }
}
