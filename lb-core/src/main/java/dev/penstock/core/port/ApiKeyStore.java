package dev.penstock.core.port;

import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where keys are kept, for those who make and revoke them. A call may wait for a file or for another process: never on
 * an event loop. One thread at a time; other processes may change the same store meanwhile.
 *
 * <p>Every call throws {@link UncheckedIOException} where the store cannot be read or written, or holds what is no key.
 */
public interface ApiKeyStore {

    /**
     * What a new key is for.
     *
     * @param user the user that its requests count for, or null
     * @param models names of the models that it may ask for; empty for all
     * @param rpm requests a minute; 0 for no limit of its own
     * @param tpm tokens a minute; 0 for no limit of its own
     * @param expires when it ends, or null for never
     */
    record Terms(@Nullable String user, Set<String> models, long rpm, long tpm, @Nullable Instant expires) {}

    /**
     * A key that was made. Its text form is without the secret.
     *
     * @param id its public part
     * @param secret what the client sends; kept nowhere
     */
    record Made(String id, String secret) {
        @Override
        public String toString() {
            return "Made[" + id + "]";
        }
    }

    /**
     * A key as it is kept.
     *
     * @param key what it is for
     * @param created when it was made, or null where nobody has noted that
     * @param expires when it ends, or null for never
     */
    record Kept(ApiKey key, @Nullable Instant created, @Nullable Instant expires) {}

    /**
     * Makes a key, whose secret is told here and never again.
     *
     * @throws IllegalArgumentException where the terms are none that a key can have
     */
    Made make(Terms terms);

    /** All keys, by id. */
    List<Kept> list();

    /** Takes a key away; false where there is none with this id. */
    boolean revoke(String id);
}
