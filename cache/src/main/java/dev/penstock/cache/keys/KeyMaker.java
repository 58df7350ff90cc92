package dev.penstock.cache.keys;

import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.ApiKeyStore.Kept;
import dev.penstock.core.port.ApiKeyStore.Made;
import dev.penstock.core.port.ApiKeyStore.Terms;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes keys. Confined to its owner. */
final class KeyMaker {
    private final RandomGenerator random;
    private final InstantSource time;

    /**
     * One who makes keys.
     *
     * @param random of which nobody can foresee what it gives
     */
    KeyMaker(RandomGenerator random, InstantSource time) {
        this.random = random;
        this.time = time;
    }

    /**
     * A key that was made.
     *
     * @param entry what is to be kept
     * @param told what its owner is told
     */
    record New(KeyEntry entry, Made told) {}

    /**
     * Makes a key.
     *
     * @throws IllegalArgumentException where the terms are none that a key can have
     */
    New make(Terms terms) {
        String user = terms.user() == null ? null : KeyJson.user(terms.user());
        if (!terms.models().isEmpty()) {
            KeyJson.models(terms.models());
        }
        String id = KeySecret.newId(random);
        String secret = KeySecret.make(id, random);
        ApiKey key = new ApiKey(id, user, terms.models(), terms.rpm(), terms.tpm());
        return new New(new KeyEntry(key, KeyHash.of(secret), time.instant().truncatedTo(ChronoUnit.SECONDS),
                terms.expires()), new Made(id, secret));
    }

    /** What others may see of keys, by id. */
    static List<Kept> kept(Collection<KeyEntry> entries) {
        return entries.stream().map(KeyEntry::kept).sorted(Comparator.comparing(kept -> kept.key().id())).toList();
    }
}
