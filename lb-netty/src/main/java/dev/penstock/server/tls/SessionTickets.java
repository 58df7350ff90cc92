package dev.penstock.server.tls;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys under which clients keep their sessions, so that the next connection needs no full handshake. Confined to
 * whoever changes the context.
 *
 * <p>They are changed now and then: who learns one reads what was sent while it was used. Each context has its own, so
 * a session never outlives the certificates under which it was allowed.
 */
final class SessionTickets {
    private static final long LIFE_NANOS = TimeUnit.HOURS.toNanos(6);

    private final SecureRandom random = new SecureRandom();
    private final @Nullable OpenSslSessionContext sessions;
    private OpenSslSessionTicketKey current = newKey();
    private long sinceNanos;

    /** The JDK's contexts have keys of their own. */
    SessionTickets(SslContext context, long nowNanos) {
        sessions = context.sessionContext() instanceof OpenSslSessionContext counted ? counted : null;
        sinceNanos = nowNanos;
        if (sessions != null) {
            sessions.setTicketKeys(current);
        }
    }

    /** Changes the key if it is old; tickets under the last one hold until the next change. */
    void rotate(long nowNanos) {
        if (sessions == null || nowNanos - sinceNanos < LIFE_NANOS) {
            return;
        }
        sinceNanos = nowNanos;
        OpenSslSessionTicketKey last = current;
        current = newKey();
        sessions.setTicketKeys(current, last);
    }

    private OpenSslSessionTicketKey newKey() {
        return new OpenSslSessionTicketKey(bytes(OpenSslSessionTicketKey.NAME_SIZE),
                bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE), bytes(OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
