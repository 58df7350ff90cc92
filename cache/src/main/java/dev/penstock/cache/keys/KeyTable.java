package dev.penstock.cache.keys;

import dev.penstock.core.port.ApiKey;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All keys of one moment. Immutable; any thread. */
final class KeyTable {
    /** Nobody is let in. */
    static final KeyTable EMPTY = new KeyTable(null, Map.of());

    private static final ApiKey SHARED = new ApiKey(KeySecret.SHARED, null, Set.of(), 0, 0);

    private final @Nullable KeyHash shared;
    private final Map<String, KeyEntry> entries;

    /**
     * Keys.
     *
     * @param shared the one of all clients, or null
     * @param entries those of some, by id
     */
    KeyTable(@Nullable KeyHash shared, Map<String, KeyEntry> entries) {
        this.shared = shared;
        this.entries = Map.copyOf(entries);
    }

    /**
     * The key with a secret, or null. What is told by the time that it takes is whether there is such an id, which is
     * public; secrets are compared by their hashes, and as a whole.
     */
    @Nullable ApiKey find(CharSequence secret, Instant now) {
        if (secret.isEmpty() || secret.length() > KeySecret.LONGEST) {
            return null;
        }
        KeyHash hash = KeyHash.of(secret);
        if (shared != null && shared.matches(hash)) {
            return SHARED;
        }
        String id = KeySecret.id(secret);
        KeyEntry entry = id == null ? null : entries.get(id);
        return entry == null || !entry.hash().matches(hash) || entry.expired(now) ? null : entry.key();
    }

    /** How many there are. */
    int size() {
        return entries.size() + (shared == null ? 0 : 1);
    }
}
