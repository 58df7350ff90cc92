package dev.penstock.core.port;

import org.jspecify.annotations.Nullable;

/** The keys by which clients are known. Looked at by any thread, in memory: an answer waits for nobody. */
public interface ApiKeys {

    /** No key is asked for. */
    ApiKeys OPEN = new ApiKeys() {
        @Override
        public boolean required() {
            return false;
        }

        @Override
        public @Nullable ApiKey find(CharSequence secret) {
            return null;
        }
    };

    /** Whether requests need a key. The same for as long as the process runs, also while no key is known. */
    boolean required();

    /**
     * The key with this secret.
     *
     * @param secret what the client has sent; never kept, never logged
     * @return null where there is none, or not any more
     */
    @Nullable ApiKey find(CharSequence secret);
}
