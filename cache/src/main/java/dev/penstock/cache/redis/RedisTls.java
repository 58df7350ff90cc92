package dev.penstock.cache.redis;

import io.lettuce.core.SslOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How TLS is spoken with Redis. Immutable.
 *
 * @param ca file with the certificates that are trusted; empty: those that the JDK trusts
 * @param cert file with our certificate and its chain; empty: we show none
 * @param key file with its key
 * @param verifyHostname whether the certificate must be one for the host that was asked for
 */
public record RedisTls(String ca, String cert, String key, boolean verifyHostname) {

    /** As the JDK does it. */
    public static final RedisTls DEFAULT = new RedisTls("", "", "", true);

    /** What can be seen to be wrong without asking the server. */
    List<String> problems(boolean spoken) {
        List<String> problems = new ArrayList<>();
        Map<String, String> files = new LinkedHashMap<>();
        files.put(RedisSettings.TLS_CA.name(), ca);
        files.put(RedisSettings.TLS_CERT.name(), cert);
        files.put(RedisSettings.TLS_KEY.name(), key);
        files.forEach((setting, file) -> {
            if (!file.isEmpty() && !spoken) {
                problems.add(setting + ": redis.url does not ask for TLS (expected: rediss://, rediss-sentinel:// or"
                        + " rediss-cluster://)");
            } else if (!file.isEmpty() && !Files.isReadable(Path.of(file))) {
                problems.add(setting + ": " + file + ": cannot be read");
            }
        });
        if (cert.isEmpty() != key.isEmpty()) {
            problems.add((cert.isEmpty() ? RedisSettings.TLS_KEY : RedisSettings.TLS_CERT).name() + ": without "
                    + (cert.isEmpty() ? RedisSettings.TLS_CERT : RedisSettings.TLS_KEY).name()
                    + " (expected: both or none)");
        }
        return problems;
    }

    /** For the client library. */
    SslOptions options() {
        SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
        if (!ca.isEmpty()) {
            options.trustManager(new File(ca));
        }
        if (!cert.isEmpty()) {
            options.keyManager(new File(cert), new File(key), null);
        }
        return options.build();
    }
}
