package dev.penstock.cache.keys;

import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.ApiKeyStore.Kept;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is kept: its secret only as a hash. Immutable; any thread.
 *
 * @param key what it is for
 * @param hash of the whole secret
 * @param created when it was made, or null where nobody has noted that
 * @param expires when it ends, or null for never
 */
record KeyEntry(ApiKey key, KeyHash hash, @Nullable Instant created, @Nullable Instant expires) {

    /** Whether it has ended. */
    boolean expired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** What others may see of it. */
    Kept kept() {
        return new Kept(key, created, expires);
    }
}
