package dev.penstock.server.tls;

import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a client's handshake did not come to its end. */
public enum HandshakeFailure {
    /** The client was too slow. */
    TIMEOUT,
    /** The client spoke HTTP without TLS. */
    PLAIN_HTTP,
    /** What the client sent is not TLS. */
    NOT_TLS,
    /** The client went away. */
    CLOSED,
    /** The client showed no certificate, and one is asked for. */
    NO_CLIENT_CERTIFICATE,
    /** The client's certificate is not one that is trusted. */
    CLIENT_CERTIFICATE,
    /** The client refused, most often because it does not trust our certificate. */
    REFUSED_BY_CLIENT,
    /** There is no version of TLS that both speak. */
    VERSION,
    /** There is no cipher that both know. */
    CIPHER,
    /** Anything else. */
    OTHER;

    /** As a label of a metric. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What an exception means. */
    public static HandshakeFailure of(Throwable cause) {
        StringBuilder said = new StringBuilder();
        for (@Nullable Throwable each = cause; each != null; each = each.getCause()) {
            switch (each) {
                case NotSslRecordException e -> {
                    return NOT_TLS;
                }
                case ClosedChannelException e -> {
                    return CLOSED;
                }
                case GeneralSecurityException e -> {
                    return CLIENT_CERTIFICATE;
                }
                default -> said.append(each.getMessage()).append('\n');
            }
        }
        return of(said.toString().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    // Both providers tell the reason in words only.
    private static HandshakeFailure of(String said) {
        if (said.contains("did not return a certificate") || said.contains("empty client certificate")) {
            return NO_CLIENT_CERTIFICATE;
        } else if (said.contains("certificate verify failed")) {
            return CLIENT_CERTIFICATE;
        } else if (said.contains("alert")) {
            return REFUSED_BY_CLIENT;
        } else if (said.contains("closed")) {
            return CLOSED;
        } else if (said.contains("cipher")) {
            return CIPHER;
        } else if (said.contains("protocol") || said.contains("version")) {
            return VERSION;
        }
        return OTHER;
    }
}
