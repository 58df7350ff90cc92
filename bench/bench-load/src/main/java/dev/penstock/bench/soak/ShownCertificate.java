package dev.penstock.bench.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.Certificate;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Asks which certificate a listener shows. Holds no state. */
final class ShownCertificate {
    private static final int PATIENCE_MILLIS = 5_000;

    private ShownCertificate() {
    }

    /** The certificate of a door with TLS, or null if there is no handshake. */
    static @Nullable Certificate of(Door door) {
        Door.Trust trust = door.tls();
        if (trust == null) {
            throw new IllegalArgumentException(door.name() + " has no TLS");
        }
        try (SSLSocket socket =
                (SSLSocket) trust.sockets().createSocket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        } catch (IOException noHandshake) {
            return null;
        }
    }
}
