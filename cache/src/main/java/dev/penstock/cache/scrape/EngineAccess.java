package dev.penstock.cache.scrape;

import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/** How engines are reached, as the pools of endpoints say it now. Any thread may ask. */
@FunctionalInterface
public interface EngineAccess {

    /** Without encryption and without a key. */
    EngineAccess PLAIN = endpoint -> Access.PLAIN;

    /**
     * How an endpoint is reached.
     *
     * @param tls whether it speaks TLS
     * @param authorization value of the header {@code Authorization}, or null for none
     */
    record Access(boolean tls, @Nullable String authorization) {

        /** Without encryption and without a key. */
        public static final Access PLAIN = new Access(false, null);
    }

    /** How an endpoint is reached. */
    Access of(PodView endpoint);
}
