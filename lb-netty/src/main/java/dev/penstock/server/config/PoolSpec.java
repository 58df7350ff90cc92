package dev.penstock.server.config;

import org.jspecify.annotations.Nullable;

/**
 * A pool of endpoints as the configuration file describes it: how connections to them are secured, and with which key
 * requests go. Names files, never what is in them. Immutable.
 *
 * @param name its name
 * @param where the line that says so, for a person
 * @param tls how connections are encrypted, or null where they are not
 * @param apiKeyFile file of the key that requests go with, or null
 * @param stripAuthorization whether the client's own key is taken away
 */
public record PoolSpec(String name, String where, @Nullable Tls tls, @Nullable String apiKeyFile,
        boolean stripAuthorization) {

    /**
     * How connections are encrypted.
     *
     * @param ca file of the certificates that may have issued those of endpoints, or null for those that the Java
     *     machine trusts
     * @param certificate file of the certificate that is shown to endpoints, or null
     * @param key file of its private key, or null
     * @param serverName the name that the certificate of an endpoint must bear, or null for the host of the endpoint
     * @param verify whether certificates are verified at all
     */
    public record Tls(@Nullable String ca, @Nullable String certificate, @Nullable String key,
            @Nullable String serverName, boolean verify) {}
}
