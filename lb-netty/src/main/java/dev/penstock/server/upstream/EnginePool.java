package dev.penstock.server.upstream;

import dev.penstock.server.tls.ClientTls;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What holds for connections to the endpoints of one pool, as it was configured at one moment: a change makes another
 * one. Immutable; any thread. Holds a secret, and so has no text form.
 */
public final class EnginePool {
    /** Endpoints that are in no pool: cleartext, and the client's own key. */
    static final EnginePool PLAIN = new EnginePool(null, null, false);
    /** Endpoints of a pool that is not configured: what would be right for them is not known. */
    static final EnginePool UNKNOWN = new EnginePool(null, null, true);

    private final @Nullable ClientTls tls;
    private final @Nullable AsciiString authorization;
    private final boolean dropsAuthorization;

    /**
     * A pool.
     *
     * @param tls encrypts, or null
     * @param apiKey the key that requests go with, or null for the client's or none
     * @param dropsAuthorization whether the client's key is taken away; where there is another one, it always is
     */
    public EnginePool(@Nullable ClientTls tls, @Nullable String apiKey, boolean dropsAuthorization) {
        this.tls = tls;
        this.authorization = apiKey == null ? null : AsciiString.of("Bearer " + apiKey);
        this.dropsAuthorization = dropsAuthorization || apiKey != null;
    }

    /** What encrypts, or null. */
    public @Nullable ClientTls tls() {
        return tls;
    }

    /** The header {@code Authorization} of requests, or null where the pool adds none. */
    public @Nullable AsciiString authorization() {
        return authorization;
    }

    /** Whether the client's own key is taken away. */
    public boolean dropsAuthorization() {
        return dropsAuthorization;
    }
}
