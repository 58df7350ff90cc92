package dev.penstock.cache.scrape;

import dev.penstock.spi.PodView;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** How engines are reached, as the pools of endpoints say it now. Any thread may ask. */
@FunctionalInterface
public interface EngineAccess {

    /** Without encryption and without a key. */
    EngineAccess PLAIN = endpoint -> Access.PLAIN;

    /** Encrypts connections. */
    @FunctionalInterface
    interface Tls {

        /**
         * What encrypts one connection to an endpoint; of the client's mode, and needing no release.
         *
         * @param host the endpoint's, without brackets
         * @param port the port
         * @throws RuntimeException where that cannot be made now
         */
        SSLEngine newEngine(String host, int port);
    }

    /**
     * How an endpoint is reached.
     *
     * @param tls encrypts, or null for cleartext
     * @param authorization value of the header {@code Authorization}, or null for none
     */
    record Access(@Nullable Tls tls, @Nullable String authorization) {

        /** Without encryption and without a key. */
        public static final Access PLAIN = new Access(null, null);
    }

    /** How an endpoint is reached. */
    Access of(PodView endpoint);
}
